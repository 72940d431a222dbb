// autobahn-cpp at our router. What it is told and what it prints: ../README.md.
#include <autobahn/autobahn.hpp>
#include <autobahn/wamp_auth_utils.hpp>
#include <autobahn/wamp_websocketpp_websocket_transport.hpp>
#include <boost/asio.hpp>
#include <boost/property_tree/json_parser.hpp>
#include <boost/property_tree/ptree.hpp>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <iostream>
#include <map>
#include <mutex>
#include <queue>
#include <sstream>
#include <thread>
#include <websocketpp/client.hpp>
#include <websocketpp/config/asio_no_tls_client.hpp>

using boost::property_tree::ptree;
using Object = msgpack::object;
using List = std::vector<Object>;
using Dict = std::map<std::string, Object>;
using Client = websocketpp::client<websocketpp::config::asio_client>;

static boost::asio::io_service io;
/** Of each thread its own: handlers make objects, too, and a zone is not for two threads at once. */
static thread_local msgpack::zone zone;
static ptree task;

static std::string told(const std::string& key) { return task.get<std::string>(key, ""); }
static std::string uri(const std::string& name) { return "com.interop." + told("name") + "." + told("mode") + "." + name; }

static std::string quoted(const std::string& text) {
  std::ostringstream out;
  for (unsigned char c : text) {
    if (c == '"' || c == '\\') out << '\\' << c;
    else if (c < 0x20) out << "\\u00" << std::hex << (c >> 4) << (c & 15) << std::dec;
    else out << c;
  }
  return '"' + out.str() + '"';
}

[[noreturn]] static void fail(const std::string& why) { throw std::runtime_error(why); }

/** What a future gives, in time. */
template <typename T>
static T value(boost::future<T> future) {
  if (future.wait_for(boost::chrono::seconds(4)) != boost::future_status::ready) fail("no answer after 4 s");
  return future.get();
}

template <typename T>
static Object object(const T& content) { return Object(content, zone); }

static Object binary(const std::vector<char>& bytes) { return Object(msgpack::type::raw_ref(bytes.data(), bytes.size()), zone); }

static List values() {
  return {object(42), object(std::string(u8"ü")), object(1.5), object(true), Object(),
          object(List{object(1), object(std::string("x"))}), object(std::map<std::string, int>{{"a", 1}})};
}

/** For comparing and showing. A dict has its keys in their order. */
static std::string shown(const Object& content) {
  std::ostringstream out;
  out << content;
  return out.str();
}
static std::string shown(const List& args, const Dict& kwargs) { return shown(object(args)) + " " + shown(object(kwargs)); }

static void expect(const std::string& got, const std::string& wanted) {
  if (got != wanted) fail("got " + got + ", not " + wanted);
}

struct Login {
  std::string method, authid, secret;
};

class Session : public autobahn::wamp_session {
 public:
  explicit Session(const Login& login) : autobahn::wamp_session(io), login_(login) {}

  boost::future<autobahn::wamp_authenticate> on_challenge(const autobahn::wamp_challenge& challenge) override {
    std::string answer = login_.secret;
    if (challenge.authmethod() == "wampcra") {
      std::string key = login_.secret;
      if (!challenge.salt().empty()) key = derive_key(key, challenge.salt(), challenge.iterations(), challenge.keylen());
      answer = compute_wcs(key, challenge.challenge());
    }
    return boost::make_ready_future(autobahn::wamp_authenticate(answer));
  }

 private:
  Login login_;
};

/** A session that has joined, and its transport. */
struct Peer {
  std::shared_ptr<Client> client;
  std::shared_ptr<autobahn::wamp_transport> transport;
  std::shared_ptr<Session> session;
  uint64_t id = 0;

  explicit Peer(const Login& login = {}) : session(std::make_shared<Session>(login)) {
    std::string url = told("url");
    if (told("transport") == "websocket") {
      client = std::make_shared<Client>();
      client->init_asio(&io);
      transport = std::make_shared<autobahn::wamp_websocketpp_websocket_transport<websocketpp::config::asio_client>>(*client, url);
    } else {
      std::string port = url.substr(url.rfind(':') + 1);
      boost::asio::ip::tcp::endpoint to(boost::asio::ip::address::from_string("127.0.0.1"), static_cast<unsigned short>(std::stoi(port)));
      transport = std::make_shared<autobahn::wamp_tcp_transport>(io, to);
    }
    transport->attach(std::static_pointer_cast<autobahn::wamp_transport_handler>(session));
    value(transport->connect());
    value(session->start());
    std::vector<std::string> methods;
    if (!login.method.empty()) methods.push_back(login.method);
    id = value(session->join("realm1", methods, login.authid));
  }

  void leave() {
    value(session->leave());
    value(session->stop());
    value(transport->disconnect());
  }
};

/** What stays until the end: nothing of it is destroyed while the other thread may be in it. */
static std::vector<std::shared_ptr<Peer>> kept;

static Peer& joined(const Login& login = {}) {
  kept.push_back(std::make_shared<Peer>(login));
  return *kept.back();
}

static void echo(autobahn::wamp_invocation call) { call->result(call->arguments<List>(), call->kw_arguments<Dict>()); }

/** Events as texts, and the topics that they came with. */
class Heard {
 public:
  autobahn::wamp_event_handler handler() {
    return [this](const autobahn::wamp_event& event) {
      std::lock_guard<std::mutex> lock(mutex_);
      events_.push({shown(event.arguments<List>(), event.kw_arguments<Dict>()), event.uri()});
      changed_.notify_all();
    };
  }

  std::pair<std::string, std::string> next() {
    std::unique_lock<std::mutex> lock(mutex_);
    if (!changed_.wait_for(lock, std::chrono::seconds(3), [this] { return !events_.empty(); })) fail("no event");
    auto event = events_.front();
    events_.pop();
    return event;
  }

  void expectSilence() {
    std::unique_lock<std::mutex> lock(mutex_);
    if (changed_.wait_for(lock, std::chrono::milliseconds(100), [this] { return !events_.empty(); })) fail("got " + events_.front().first);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::queue<std::pair<std::string, std::string>> events_;
};

/** Handlers outlive the scenario that has made them. */
static Heard& heardBy() {
  static std::vector<std::shared_ptr<Heard>> all;
  all.push_back(std::make_shared<Heard>());
  return *all.back();
}

static std::string call(Peer& peer, const std::string& procedure, const List& args, const Dict& kwargs = {}) {
  auto result = value(peer.session->call(procedure, args, kwargs));
  return shown(result.arguments<List>(), result.number_of_kw_arguments() ? result.kw_arguments<Dict>() : Dict());
}

static std::string errorOf(const std::function<void()>& action) {
  try {
    action();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "no error";
}

static void pattern(const std::string& match, const std::string& topic, const std::string& published) {
  Peer &one = joined(), &two = joined();
  Heard& heard = heardBy();
  value(one.session->subscribe(uri(topic), heard.handler(), autobahn::wamp_subscribe_options(match)));
  value(two.session->publish(uri(published), List{object(1)}));
  value(two.session->publish(uri("elsewhere"), List{object(2)}));
  auto event = heard.next();
  expect(event.second + event.first, uri(published) + "[1] {}");
  heard.expectSilence();
}

static void back(const std::string& name, const List& args) {
  Peer &one = joined(), &two = joined();
  value(one.session->provide(uri(name), echo));
  expect(call(two, uri(name), args), shown(args, {}));
}

static List texts(const std::vector<std::string>& all) {
  List list;
  for (const auto& text : all) list.push_back(object(text));
  return list;
}

static autobahn::provide_options option(const std::string& key, const std::string& content) {
  autobahn::provide_options options;
  options[key] = object(content);
  return options;
}

static std::function<void()> absent(const std::string& why) {
  return [why] { fail(why); };
}

static const std::vector<std::pair<std::string, std::function<void()>>> scenarios = {
    {"join", [] {
       Peer& one = joined();
       if (one.id == 0 || one.id > (1ull << 53)) fail("session id " + std::to_string(one.id));
       one.leave();
     }},
    {"call", [] {
       Peer &one = joined(), &two = joined();
       value(one.session->provide(uri("echo"), echo));
       Dict kwargs = {{"k", object(std::string("v"))}, {"n", object(std::map<std::string, std::vector<int>>{{"m", {1}}})}};
       expect(call(two, uri("echo"), values(), kwargs), shown(values(), kwargs));
       expect(call(two, uri("echo"), texts({"alone"})), shown(texts({"alone"}), {}));
     }},
    {"error", absent("its callers get the URI of an error, without args and kwargs")},
    {"no procedure", [] {
       Peer& one = joined();
       expect(errorOf([&] { call(one, uri("nobody"), {}); }), "wamp.error.no_such_procedure");
     }},
    {"unregister", [] {
       Peer &one = joined(), &two = joined();
       auto registration = value(one.session->provide(uri("gone"), echo));
       call(two, uri("gone"), {});
       // It drops UNREGISTERED, so its future is never resolved; the answer to a later call says that the router has done it.
       one.session->unprovide(registration);
       call(one, "wamp.session.count", {});
       expect(errorOf([&] { call(two, uri("gone"), {}); }), "wamp.error.no_such_procedure");
     }},
    {"progress", absent("its callers have no progressive results")},
    {"cancel", absent("its calls cannot be cancelled")},
    {"timeout", [] {
       Peer &one = joined(), &two = joined();
       value(one.session->provide(uri("slower"), [](autobahn::wamp_invocation) {}));
       autobahn::wamp_call_options options;
       options.set_timeout(std::chrono::milliseconds(100));
       expect(errorOf([&] { value(two.session->call(uri("slower"), List(), options)); }), "wamp.error.timeout");
       call(two, "wamp.session.count", {});
     }},
    {"events", absent("its publications cannot ask for an acknowledgement")},
    {"unsubscribe", [] {
       Peer &one = joined(), &two = joined();
       Heard& heard = heardBy();
       auto subscription = value(one.session->subscribe(uri("paper"), heard.handler()));
       value(two.session->publish(uri("paper"), values(), Dict{{"k", object(1)}}));
       expect(heard.next().first, shown(values(), Dict{{"k", object(1)}}));
       value(one.session->unsubscribe(subscription));
       value(two.session->publish(uri("paper"), List{object(2)}));
       heard.expectSilence();
     }},
    {"own events", [] {
       Peer& one = joined();
       Heard& heard = heardBy();
       value(one.session->subscribe(uri("own"), heard.handler()));
       value(one.session->publish(uri("own"), List{object(1)}));
       autobahn::wamp_publish_options options;
       options.set_exclude_me(false);
       value(one.session->publish(uri("own"), List{object(2)}, options));
       expect(heard.next().first, "[2] {}");
       heard.expectSilence();
     }},
    {"prefix", [] { pattern("prefix", "tree.", "tree.leaf.green"); }},
    {"wildcard", [] { pattern("wildcard", "wild..end", "wild.any.end"); }},
    {"pattern procedure", [] {
       Peer &one = joined(), &two = joined();
       auto tells = [](autobahn::wamp_invocation call) { call->result(std::vector<std::string>{call->detail<std::string>("procedure")}); };
       value(one.session->provide(uri("shop."), tells, option("match", "prefix")));
       expect(call(two, uri("shop.buy"), {}), shown(texts({uri("shop.buy")}), {}));
     }},
    {"exclude", absent("its publications have no `exclude`")},
    {"eligible", absent("its publications have no `eligible`")},
    {"caller", absent("its calls have no `disclose_me`")},
    {"publisher", absent("its publications have no `disclose_me`")},
    {"shared", [] {
       Peer &one = joined(), &two = joined(), &three = joined();
       auto answers = [](const std::string& name) { return [name](autobahn::wamp_invocation call) { call->result(std::vector<std::string>{name}); }; };
       value(one.session->provide(uri("shared"), answers("one"), option("invoke", "roundrobin")));
       value(two.session->provide(uri("shared"), answers("two"), option("invoke", "roundrobin")));
       std::string all;
       for (int i = 0; i < 4; i++) all += call(three, uri("shared"), {});
       std::string once = shown(texts({"one"}), {}) + shown(texts({"two"}), {});
       expect(all, once + once);
     }},
    {"binary", [] { back("bytes", List{binary({0, 1, 127, static_cast<char>(128), static_cast<char>(255)})}); }},
    {"integers", [] {
       List all;
       for (int64_t one : {0l, -1l, 255l, 256l, -129l, 65536l, 1l << 31, -(1l << 31) - 1, 1l << 40, 1l << 53, -(1l << 53)}) all.push_back(object(one));
       back("integers", all);
     }},
    {"unicode", [] { back("texts", texts({u8"ü", u8"日本語", u8"𝄞 😀", std::string("\0\x1f\"\\", 4), ""})); }},
};

static void tell(const std::string& name, const std::function<void()>& body) {
  std::string detail;
  bool ok = true;
  try {
    body();
  } catch (const std::exception& error) {
    ok = false;
    detail = error.what();
  }
  std::cout << "{\"scenario\":" << quoted(name) << ",\"ok\":" << (ok ? "true" : "false") << ",\"detail\":" << quoted(detail) << "}" << std::endl;
}

static void logsIn(const std::string& name) {
  static const std::map<std::string, Login> logins = {
      {"ticket", {"ticket", "joe", "secret1"}}, {"wampcra", {"wampcra", "peter", "secret2"}}, {"wampcra salted", {"wampcra", "petra", "secret2"}}};
  Login login = logins.at(name);
  call(joined(login), "wamp.session.count", {});
  login.secret = "wrong";
  if (errorOf([&] { joined(login); }) == "no error") fail("a wrong secret was let in");
}

static void run() {
  std::string mode = told("mode");
  if (mode == "scenarios") {
    for (const auto& scenario : scenarios) tell(scenario.first, scenario.second);
  } else if (mode == "logins") {
    for (const auto& login : task.get_child("logins")) {
      std::string name = login.second.data();
      tell("login " + name, [name] { logsIn(name); });
    }
  } else if (mode == "serve") {
    value(joined().session->provide("com.interop." + told("name") + ".echo", echo));
    std::cout << "{\"ready\":true}" << std::endl;
    std::this_thread::sleep_for(std::chrono::hours(1));
  } else if (mode == "call") {
    Peer& peer = joined();
    Dict kwargs = {{"k", object(std::string(u8"ü"))}, {"n", object(1)}};
    for (const auto& other : task.get_child("others")) {
      std::string name = other.second.data();
      tell("calls " + name, [&] { expect(call(peer, "com.interop." + name + ".echo", values(), kwargs), shown(values(), kwargs)); });
    }
  }
}

int main(int, char** argv) {
  std::istringstream json(argv[1]);
  boost::property_tree::read_json(json, task);
  boost::asio::io_service::work work(io);
  std::thread thread([] {
    while (true) {
      try {
        io.run();
      } catch (const std::exception& error) {
        std::cerr << "in the loop: " << error.what() << std::endl;
      }
    }
  });
  thread.detach();
  int code = 0;
  try {
    run();
  } catch (const std::exception& error) {
    std::cerr << error.what() << std::endl;
    code = 1;
  }
  std::cout.flush();
  std::_Exit(code);
}
