// Starts the server on a free port, prints the port, and runs until it is killed.

import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;

public class Mongo {
  public static void main(String[] arguments) throws Exception {
    MongoServer server = new MongoServer(new MemoryBackend());
    System.out.println(server.bind().getPort());
    Thread.currentThread().join();
  }
}
