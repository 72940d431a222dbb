import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import rx.Observable;
import rx.Subscription;
import ws.wamp.jawampa.ApplicationError;
import ws.wamp.jawampa.CallFlags;
import ws.wamp.jawampa.PubSubData;
import ws.wamp.jawampa.PublishFlags;
import ws.wamp.jawampa.Reply;
import ws.wamp.jawampa.Request;
import ws.wamp.jawampa.SubscriptionFlags;
import ws.wamp.jawampa.WampClient;
import ws.wamp.jawampa.WampClientBuilder;
import ws.wamp.jawampa.WampSerialization;
import ws.wamp.jawampa.auth.client.Ticket;
import ws.wamp.jawampa.transport.netty.NettyWampClientConnectorProvider;

/** jawampa at our router. What it is told and what it prints: ../README.md. */
public class Peer {
  static final ObjectMapper mapper = new ObjectMapper();
  static final ExecutorService threads = Executors.newCachedThreadPool();
  static JsonNode task;

  /** A session and what ends it. */
  static class Session {
    final WampClient client;
    final BlockingQueue<WampClient.State> states = new LinkedBlockingQueue<>();
    long id;

    Session(boolean comesBack, String authid, String ticket) throws Exception {
      WampClientBuilder builder = new WampClientBuilder()
          .withUri(task.get("url").asText())
          .withRealm("realm1")
          .withConnectorProvider(new NettyWampClientConnectorProvider())
          .withSerializations(new WampSerialization[] { task.get("serializer").asText().equals("json") ? WampSerialization.Json : WampSerialization.MessagePack });
      if (comesBack) builder.withInfiniteReconnects().withReconnectInterval(100, TimeUnit.MILLISECONDS);
      if (ticket != null) builder.withAuthId(authid).withAuthMethod(new Ticket(ticket));
      client = builder.build();
      client.statusChanged().subscribe(states::add);
    }

    Session join() throws Exception {
      client.open();
      while (true) {
        WampClient.State state = states.poll(10, TimeUnit.SECONDS);
        if (state == null) throw new Exception("it does not join");
        if (state instanceof WampClient.ConnectedState) {
          id = ((WampClient.ConnectedState) state).sessionId();
          return this;
        }
        Throwable reason = state instanceof WampClient.DisconnectedState ? ((WampClient.DisconnectedState) state).disconnectReason() : null;
        if (reason != null) throw new Exception(reason.toString());
      }
    }

    /** Registers; returns what takes it back. */
    Subscription register(String uri, Endpoint endpoint) throws Exception {
      CompletableFuture<Throwable> failed = new CompletableFuture<>();
      Subscription registration = client.registerProcedure(uri).subscribe(request -> threads.execute(() -> {
        try {
          endpoint.take(request);
        } catch (Exception error) {
          System.err.println(error);
        }
      }), failed::complete);
      wait(failed);
      return registration;
    }

    Subscription subscribe(String topic, SubscriptionFlags flags, BlockingQueue<PubSubData> heard) throws Exception {
      CompletableFuture<Throwable> failed = new CompletableFuture<>();
      Subscription subscription = client.makeSubscription(topic, flags).subscribe(heard::add, failed::complete);
      wait(failed);
      return subscription;
    }

    /** It tells nobody when a registration or subscription stands: the answer to a later request says so. */
    private void wait(CompletableFuture<Throwable> failed) throws Exception {
      call("wamp.session.count", list(), null);
      if (failed.isDone()) throw new Exception(failed.get().toString());
    }

    Reply call(String uri, ArrayNode args, ObjectNode kwargs) throws Exception {
      return value(client.call(uri, args, kwargs));
    }

    void publish(String topic, EnumSet<PublishFlags> flags, ArrayNode args, ObjectNode kwargs) throws Exception {
      flags.add(PublishFlags.RequireAcknowledge);
      value(client.publish(topic, flags, args, kwargs));
    }
  }

  interface Endpoint {
    void take(Request request) throws Exception;
  }

  interface Body {
    void run() throws Exception;
  }

  static final List<Session> open = new ArrayList<>();

  static Session joined() throws Exception {
    Session session = new Session(false, null, null).join();
    open.add(session);
    return session;
  }

  /** What an observable gives, or its error. */
  static <T> T value(Observable<T> observable) throws Exception {
    try {
      return observable.timeout(5, TimeUnit.SECONDS).toBlocking().single();
    } catch (RuntimeException error) {
      if (error.getCause() instanceof Exception) throw (Exception) error.getCause();
      throw error;
    }
  }

  static ArrayNode list(Object... items) {
    ArrayNode list = mapper.createArrayNode();
    for (Object item : items) list.add(mapper.valueToTree(item));
    return list;
  }

  static ObjectNode dict(String json) throws Exception {
    return (ObjectNode) mapper.readTree(json);
  }

  static ArrayNode values() throws Exception {
    return (ArrayNode) mapper.readTree("[42, \"ü\", 1.5, true, null, [1, \"x\"], {\"a\": 1}]");
  }

  static String uri(String name) {
    return "com.interop." + task.get("name").asText() + "." + task.get("mode").asText() + "." + name;
  }

  static void expect(Object got, Object wanted) throws Exception {
    // By text: whether an integer is an int or a long depends on who read it.
    if (!String.valueOf(got).equals(String.valueOf(wanted))) throw new Exception("got " + got + ", not " + wanted);
  }

  /** With the members of `kwargs` in order: they come in any. */
  static String text(JsonNode args, JsonNode kwargs) {
    java.util.Map<String, JsonNode> members = new java.util.TreeMap<>();
    if (kwargs != null) kwargs.fields().forEachRemaining(member -> members.put(member.getKey(), member.getValue()));
    return (args == null ? "[]" : args) + " " + members;
  }

  static void expectEcho(Reply reply, ArrayNode args, ObjectNode kwargs) throws Exception {
    expect(text(reply.arguments(), reply.keywordArguments()), text(args, kwargs));
  }

  static void echo(Request request) {
    request.reply(request.arguments(), request.keywordArguments());
  }

  static String errorOf(Session session, String uri) throws Exception {
    try {
      session.call(uri, list(), null);
    } catch (ApplicationError error) {
      return error.uri();
    }
    return "no error";
  }

  static void expectHeard(BlockingQueue<PubSubData> heard, String wanted) throws Exception {
    PubSubData event = heard.poll(3, TimeUnit.SECONDS);
    if (event == null) throw new Exception("no event");
    expect(text(event.arguments(), event.keywordArguments()), wanted);
  }

  static void expectSilence(BlockingQueue<PubSubData> heard) throws Exception {
    PubSubData event = heard.poll(50, TimeUnit.MILLISECONDS);
    if (event != null) throw new Exception("got " + text(event.arguments(), event.keywordArguments()));
  }

  static void pattern(SubscriptionFlags flags, String pattern, String topic) throws Exception {
    Session one = joined(), two = joined();
    BlockingQueue<PubSubData> heard = new LinkedBlockingQueue<>();
    one.subscribe(uri(pattern), flags, heard);
    two.publish(uri(topic), EnumSet.noneOf(PublishFlags.class), list(1), null);
    two.publish(uri("elsewhere"), EnumSet.noneOf(PublishFlags.class), list(2), null);
    PubSubData event = heard.poll(3, TimeUnit.SECONDS);
    if (event == null) throw new Exception("no event");
    expect(event.details().path("topic").asText() + event.arguments(), uri(topic) + "[1]");
    expectSilence(heard);
  }

  static void back(String name, ArrayNode args) throws Exception {
    Session one = joined(), two = joined();
    one.register(uri(name), Peer::echo);
    expectEcho(two.call(uri(name), args, null), args, null);
  }

  static void scenario(String name) throws Exception {
    EnumSet<PublishFlags> noFlags = EnumSet.noneOf(PublishFlags.class);
    switch (name) {
      case "join": {
        Session one = joined();
        expect(one.id > 0 && one.id <= 1L << 53, true);
        one.client.close().timeout(3, TimeUnit.SECONDS).toBlocking().singleOrDefault(null);
        break;
      }
      case "call": {
        Session one = joined(), two = joined();
        one.register(uri("echo"), Peer::echo);
        ObjectNode kwargs = dict("{\"k\": \"v\", \"n\": {\"m\": [1]}}");
        expectEcho(two.call(uri("echo"), values(), kwargs), values(), kwargs);
        expectEcho(two.call(uri("echo"), list("alone"), null), list("alone"), null);
        break;
      }
      case "error": {
        Session one = joined(), two = joined();
        one.register(uri("fail"), request -> request.replyError("com.interop.failed", list("why", 7), dict("{\"code\": 5}")));
        try {
          two.call(uri("fail"), list(), null);
          throw new Exception("it did not fail");
        } catch (ApplicationError error) {
          expect(error.uri() + text(error.arguments(), error.keywordArguments()), "com.interop.failed" + text(mapper.readTree("[\"why\", 7]"), dict("{\"code\": 5}")));
        }
        break;
      }
      case "no procedure":
        expect(errorOf(joined(), uri("nobody")), "wamp.error.no_such_procedure");
        break;
      case "unregister": {
        Session one = joined(), two = joined();
        Subscription registration = one.register(uri("gone"), Peer::echo);
        two.call(uri("gone"), list(), null);
        registration.unsubscribe();
        one.wait(new CompletableFuture<>());
        expect(errorOf(two, uri("gone")), "wamp.error.no_such_procedure");
        break;
      }
      case "events": {
        Session one = joined(), two = joined();
        BlockingQueue<PubSubData> heard = new LinkedBlockingQueue<>();
        one.subscribe(uri("news"), SubscriptionFlags.Exact, heard);
        two.publish(uri("news"), noFlags, values(), dict("{\"k\": 1}"));
        expectHeard(heard, text(values(), dict("{\"k\": 1}")));
        break;
      }
      case "unsubscribe": {
        Session one = joined(), two = joined();
        BlockingQueue<PubSubData> heard = new LinkedBlockingQueue<>();
        Subscription subscription = one.subscribe(uri("paper"), SubscriptionFlags.Exact, heard);
        two.publish(uri("paper"), noFlags, list(1), null);
        expectHeard(heard, "[1] {}");
        subscription.unsubscribe();
        one.wait(new CompletableFuture<>());
        two.publish(uri("paper"), noFlags, list(2), null);
        expectSilence(heard);
        break;
      }
      case "own events": {
        Session one = joined();
        BlockingQueue<PubSubData> heard = new LinkedBlockingQueue<>();
        one.subscribe(uri("own"), SubscriptionFlags.Exact, heard);
        one.publish(uri("own"), noFlags, list(1), null);
        one.publish(uri("own"), EnumSet.of(PublishFlags.DontExcludeMe), list(2), null);
        expectHeard(heard, "[2] {}");
        expectSilence(heard);
        break;
      }
      case "prefix":
        pattern(SubscriptionFlags.Prefix, "tree.", "tree.leaf.green");
        break;
      case "wildcard":
        pattern(SubscriptionFlags.Wildcard, "wild..end", "wild.any.end");
        break;
      case "caller": {
        Session one = joined(), two = joined();
        one.register(uri("who"), request -> request.reply(list(request.details().path("caller").asLong()), null));
        Reply reply = value(two.client.call(uri("who"), EnumSet.of(CallFlags.DiscloseMe), list(), null));
        expect(reply.arguments().get(0).asLong(), two.id);
        break;
      }
      case "binary":
        if (task.get("serializer").asText().equals("json")) throw new Exception("it has no bytes in JSON");
        back("bytes", list(new byte[] { 0, 1, 127, (byte) 128, (byte) 255 }));
        break;
      case "integers":
        back("integers", list(0, -1, 255, 256, -129, 65536, 1L << 31, -(1L << 31) - 1, 1L << 40, 1L << 53, -(1L << 53)));
        break;
      case "unicode":
        back("texts", list("ü", "日本語", "𝄞 😀", "\u0000\u001f\"\\", ""));
        break;
      case "progress":
        throw new Exception("it has no progressive results");
      case "cancel":
      case "timeout":
        throw new Exception("its calls cannot be cancelled and have no timeout");
      case "pattern procedure":
      case "shared":
        throw new Exception("its registrations have neither `match` nor `invoke`");
      case "exclude":
      case "eligible":
      case "publisher":
        throw new Exception("its publications have no such option");
      default:
        throw new Exception("it does not know " + name);
    }
  }

  static void print(ObjectNode line) throws Exception {
    System.out.write((mapper.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8));
    System.out.flush();
  }

  static void tell(String scenario, int seconds, Body body) throws Exception {
    ObjectNode line = mapper.createObjectNode().put("scenario", scenario).put("ok", true).put("detail", "");
    Future<Void> run = threads.submit((Callable<Void>) () -> {
      body.run();
      return null;
    });
    try {
      run.get(seconds, TimeUnit.SECONDS);
    } catch (TimeoutException error) {
      line.put("ok", false).put("detail", "no end after " + seconds + " s");
    } catch (Exception error) {
      line.put("ok", false).put("detail", String.valueOf(error.getCause() == null ? error : error.getCause().getMessage()));
    }
    print(line);
    for (Session session : open) session.client.close();
    open.clear();
  }

  static void logsIn() throws Exception {
    Session session = new Session(false, "joe", "secret1").join();
    open.add(session);
    session.call("wamp.session.count", list(), null);
    try {
      open.add(new Session(false, "joe", "1terces").join());
    } catch (Exception error) {
      return;
    }
    throw new Exception("a wrong secret was let in");
  }

  static void comesBack(String how) throws Exception {
    Session session = new Session(true, null, null).join();
    session.register(uri("back"), request -> request.reply("back"));
    print(mapper.createObjectNode().put("ready", true));
    tell(how, 20, () -> {
      while (!(session.states.take() instanceof WampClient.ConnectedState)) continue;
      session.register(uri("back"), request -> request.reply("back"));
      expect(session.call(uri("back"), list(), null).arguments().get(0).asText(), "back");
    });
  }

  static final String[] scenarios = {
    "join", "call", "error", "no procedure", "unregister", "progress", "cancel", "timeout", "events", "unsubscribe", "own events", "prefix",
    "wildcard", "pattern procedure", "exclude", "eligible", "caller", "publisher", "shared", "binary", "integers", "unicode",
  };

  public static void main(String[] args) throws Exception {
    task = mapper.readTree(args[0]);
    switch (task.get("mode").asText()) {
      case "scenarios":
        for (String name : scenarios) tell(name, 6, () -> scenario(name));
        break;
      case "logins":
        for (JsonNode login : task.get("logins")) tell("login " + login.asText(), 6, Peer::logsIn);
        break;
      case "serve":
        new Session(false, null, null).join().register("com.interop." + task.get("name").asText() + ".echo", Peer::echo);
        print(mapper.createObjectNode().put("ready", true));
        Thread.sleep(Long.MAX_VALUE);
        break;
      case "call": {
        Session session = new Session(false, null, null).join();
        ObjectNode kwargs = dict("{\"k\": \"ü\", \"n\": 1}");
        for (JsonNode other : task.get("others")) {
          String procedure = "com.interop." + other.asText() + ".echo";
          tell("calls " + other.asText(), 6, () -> expectEcho(session.call(procedure, values(), kwargs), values(), kwargs));
        }
        break;
      }
      case "restart":
        comesBack(task.get("restart").asText());
        break;
    }
    System.exit(0);
  }
}
