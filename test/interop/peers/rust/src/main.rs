//! wamp_async at our router. What it is told and what it prints: ../../README.md.
use base64::Engine;
use hmac::{Hmac, Mac};
use serde_json::{json, Map, Value};
use std::future::Future;
use std::time::Duration;
use tokio::time::{sleep, timeout};
use wamp_async::{
    Arg, AuthenticationChallengeResponse, AuthenticationMethod, Client, ClientConfig, SerializerType, WampArgs, WampError, WampKwArgs,
};

type Answer = Result<(Option<WampArgs>, Option<WampKwArgs>), WampError>;
type Outcome = Result<(), String>;

fn say(line: Value) {
    println!("{line}");
}

struct Task(Value);

impl Task {
    fn text(&self, key: &str) -> String {
        self.0[key].as_str().unwrap_or_default().to_string()
    }

    fn uri(&self, name: &str) -> String {
        format!("com.interop.{}.{}.{name}", self.text("name"), self.text("mode"))
    }

    async fn connect(&self) -> Result<Client<'static>, String> {
        let serializer = if self.text("serializer") == "json" { SerializerType::Json } else { SerializerType::MsgPack };
        let url = self.text("url").replace("rs://", "tcp://");
        let config = ClientConfig::default().set_serializers(vec![serializer]);
        let (client, (events, calls)) = Client::connect(url, Some(config)).await.map_err(told)?;
        tokio::spawn(events);
        let mut calls = calls.ok_or("no queue of calls")?;
        tokio::spawn(async move {
            while let Some(call) = calls.recv().await {
                tokio::spawn(call);
            }
        });
        Ok(client)
    }

    async fn joined(&self) -> Result<Client<'static>, String> {
        let mut client = self.connect().await?;
        client.join_realm("realm1").await.map_err(told)?;
        Ok(client)
    }
}

fn told(error: WampError) -> String {
    error.to_string()
}

fn expect(got: Value, wanted: Value) -> Outcome {
    if got == wanted {
        Ok(())
    } else {
        Err(format!("got {got}, not {wanted}"))
    }
}

fn values() -> WampArgs {
    vec![json!(42), json!("ü"), json!(1.5), json!(true), Value::Null, json!([1, "x"]), json!({ "a": 1 })]
}

fn dict(value: Value) -> WampKwArgs {
    value.as_object().cloned().unwrap_or_default()
}

async fn echo(args: Option<WampArgs>, kwargs: Option<WampKwArgs>) -> Answer {
    Ok((args, kwargs))
}

fn both((args, kwargs): (Option<WampArgs>, Option<WampKwArgs>)) -> Value {
    json!({ "args": args.unwrap_or_default(), "kwargs": kwargs.unwrap_or_default() })
}

async fn call(client: &Client<'static>, uri: &str, args: WampArgs, kwargs: Option<WampKwArgs>) -> Result<Value, String> {
    client.call(uri, Some(args), kwargs).await.map(both).map_err(told)
}

/// The URI of the error that a call ends with.
async fn error_of(client: &Client<'static>, uri: &str) -> Result<Value, String> {
    match client.call(uri, None, None).await {
        Err(WampError::ServerError(uri, _)) => Ok(json!(uri)),
        other => Err(format!("got {other:?}")),
    }
}

async fn back(task: &Task, name: &str, args: Vec<Value>) -> Outcome {
    let (one, two) = (task.joined().await?, task.joined().await?);
    one.register(task.uri(name), echo).await.map_err(told)?;
    expect(call(&two, &task.uri(name), args.clone(), None).await?["args"].clone(), Value::Array(args))
}

async fn scenario(task: &Task, name: &str) -> Outcome {
    match name {
        "join" => {
            let mut one = task.joined().await?;
            one.leave_realm().await.map_err(told)
        }
        "call" => {
            let (one, two) = (task.joined().await?, task.joined().await?);
            one.register(task.uri("echo"), echo).await.map_err(told)?;
            let kwargs = json!({ "k": "v", "n": { "m": [1] } });
            let got = call(&two, &task.uri("echo"), values(), Some(dict(kwargs.clone()))).await?;
            expect(got, json!({ "args": values(), "kwargs": kwargs }))?;
            expect(call(&two, &task.uri("echo"), vec![json!("alone")], None).await?, json!({ "args": ["alone"], "kwargs": {} }))
        }
        "error" => Err("its endpoints and callers have no args and kwargs of an error".into()),
        "no procedure" => {
            let one = task.joined().await?;
            expect(error_of(&one, &task.uri("nobody")).await?, json!("wamp.error.no_such_procedure"))
        }
        "unregister" => {
            let (one, two) = (task.joined().await?, task.joined().await?);
            let registration = one.register(task.uri("gone"), echo).await.map_err(told)?;
            call(&two, &task.uri("gone"), vec![], None).await?;
            one.unregister(registration).await.map_err(told)?;
            expect(error_of(&two, &task.uri("gone")).await?, json!("wamp.error.no_such_procedure"))
        }
        "events" => {
            let (one, two) = (task.joined().await?, task.joined().await?);
            let (_, mut heard) = one.subscribe(task.uri("news")).await.map_err(told)?;
            let published = two.publish(task.uri("news"), Some(values()), Some(dict(json!({ "k": 1 }))), true).await.map_err(told)?;
            let (publication, args, kwargs) = heard.recv().await.ok_or("no event")?;
            expect(json!(Some(publication) == published), json!(true))?;
            expect(both((args, kwargs)), json!({ "args": values(), "kwargs": { "k": 1 } }))
        }
        "unsubscribe" => {
            let (one, two) = (task.joined().await?, task.joined().await?);
            let (subscription, mut heard) = one.subscribe(task.uri("paper")).await.map_err(told)?;
            two.publish(task.uri("paper"), Some(vec![json!(1)]), None, true).await.map_err(told)?;
            heard.recv().await.ok_or("no event")?;
            one.unsubscribe(subscription).await.map_err(told)?;
            two.publish(task.uri("paper"), Some(vec![json!(2)]), None, true).await.map_err(told)?;
            match timeout(Duration::from_millis(100), heard.recv()).await {
                Ok(Some(event)) => Err(format!("got {event:?}")),
                _ => Ok(()),
            }
        }
        "integers" => {
            let exact = [0, -1, 255, 256, -129, 65536, 1 << 31, -(1 << 31) - 1, 1 << 40, 1 << 53, -(1i64 << 53)];
            back(task, "integers", exact.iter().map(|value| json!(value)).collect()).await
        }
        "unicode" => {
            let texts = ["ü", "日本語", "𝄞 😀", "\u{0}\u{1f}\"\\", ""];
            back(task, "texts", texts.iter().map(|value| json!(value)).collect()).await
        }
        "binary" => Err("its values are those of JSON: it has no bytes".into()),
        "progress" => Err("it has no progressive results".into()),
        "cancel" | "timeout" => Err("its calls have no options and cannot be cancelled".into()),
        "prefix" | "wildcard" | "pattern procedure" | "shared" => Err("it has no options of subscriptions and registrations".into()),
        "own events" | "exclude" | "eligible" | "publisher" => Err("it has no options of publications".into()),
        "caller" => Err("its endpoints are not told who calls".into()),
        _ => Err(format!("it does not know {name}")),
    }
}

const SCENARIOS: [&str; 22] = [
    "join", "call", "error", "no procedure", "unregister", "progress", "cancel", "timeout", "events", "unsubscribe", "own events", "prefix",
    "wildcard", "pattern procedure", "exclude", "eligible", "caller", "publisher", "shared", "binary", "integers", "unicode",
];

async fn login(task: &Task, method: &str, secret: String) -> Outcome {
    let (method, authid) = if method == "ticket" { (AuthenticationMethod::Ticket, "joe") } else { (AuthenticationMethod::WampCra, "peter") };
    let mut client = task.connect().await?;
    let answer = move |method: AuthenticationMethod, extra: std::collections::HashMap<String, Arg>| {
        let secret = secret.clone();
        async move {
            if let AuthenticationMethod::Ticket = method {
                return Ok(AuthenticationChallengeResponse::with_signature(secret));
            }
            let challenge = match extra.get("challenge") {
                Some(Arg::String(text)) | Some(Arg::Uri(text)) => text.clone(),
                other => return Err(WampError::UnknownError(format!("the challenge is {other:?}"))),
            };
            let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).map_err(|error| error.to_string())?;
            mac.update(challenge.as_bytes());
            let signature = base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes());
            Ok(AuthenticationChallengeResponse::with_signature(signature))
        }
    };
    client.join_realm_with_authentication("realm1", vec![method], authid, answer).await.map_err(told)?;
    call(&client, "wamp.session.count", vec![], None).await?;
    client.leave_realm().await.map_err(told)
}

async fn logs_in(task: &Task, method: &str) -> Outcome {
    let secret = if method == "ticket" { "secret1" } else { "secret2" };
    login(task, method, secret.into()).await?;
    match timeout(Duration::from_secs(3), login(task, method, secret.chars().rev().collect())).await {
        Err(_) => Err("no answer to a wrong secret".into()),
        Ok(Ok(())) => Err("a wrong secret was let in".into()),
        Ok(Err(_)) => Ok(()),
    }
}

async fn tell(name: &str, body: impl Future<Output = Outcome>) {
    let outcome = timeout(Duration::from_secs(6), body).await.unwrap_or_else(|_| Err("no end after 6000 ms".into()));
    say(json!({ "scenario": name, "ok": outcome.is_ok(), "detail": outcome.err().unwrap_or_default() }));
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().map(|list| list.iter().filter_map(|one| one.as_str().map(String::from)).collect()).unwrap_or_default()
}

async fn run() -> Outcome {
    let task = Task(serde_json::from_str(&std::env::args().nth(1).unwrap_or_default()).map_err(|error| error.to_string())?);
    match task.text("mode").as_str() {
        "scenarios" => {
            for name in SCENARIOS {
                tell(name, scenario(&task, name)).await;
            }
        }
        "logins" => {
            for method in texts(&task.0["logins"]) {
                tell(&format!("login {method}"), logs_in(&task, &method)).await;
            }
        }
        "serve" => {
            let client = task.joined().await?;
            client.register(format!("com.interop.{}.echo", task.text("name")), echo).await.map_err(told)?;
            say(json!({ "ready": true }));
            loop {
                sleep(Duration::from_secs(3600)).await;
            }
        }
        "call" => {
            let client = task.joined().await?;
            for other in texts(&task.0["others"]) {
                let kwargs: Map<String, Value> = dict(json!({ "k": "ü", "n": 1 }));
                let uri = format!("com.interop.{other}.echo");
                let asks = async {
                    let got = call(&client, &uri, values(), Some(kwargs.clone())).await?;
                    expect(got, json!({ "args": values(), "kwargs": kwargs }))
                };
                tell(&format!("calls {other}"), asks).await;
            }
        }
        mode => return Err(format!("it has no {mode}")),
    }
    Ok(())
}

#[tokio::main]
async fn main() {
    if let Err(error) = run().await {
        eprintln!("{error}");
        std::process::exit(1);
    }
    std::process::exit(0);
}
