# Writes each case of a JSON list as Rails does: elements by ActionView's tag builder, ids by its dom_id.

require 'bigdecimal'
require 'json'
require 'active_support/all'
require 'active_model'
require 'action_view'

include ActionView::Helpers::TagHelper
include ActionView::RecordIdentifier

Named = Struct.new(:model_name, :id) do
  def to_model = self
  def to_key = id && [id]
end

def written(item)
  attributes = (item['attributes'] || {}).transform_keys(&:to_sym)
  case item['kind']
  when 'stream'
    place = item.slice('target', 'targets').transform_keys(&:to_sym)
    content = item['html'] && tag.template(item['html'].html_safe)
    tag.turbo_stream(content, **attributes, action: item['action'], **place)
  when 'frame'
    tag.turbo_frame(item['html'].html_safe, **attributes, id: item['id'], src: item['src'], target: item['target'])
  when 'id'
    dom_id(Named.new(ActiveModel::Name.new(nil, nil, item['model']), item['id']), *[item['prefix']].compact)
  end
end

puts JSON.generate(JSON.parse($stdin.read).map { |item| written(item).to_s })
