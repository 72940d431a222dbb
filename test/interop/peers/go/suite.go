// The scenarios (../../scenarios.ts) for clients in Go. A client's file gives `connect`, which makes a session in our words.
package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"time"
)

type List = []any
type Dict = map[string]any

type Task struct {
	Mode, Url, Transport, Serializer, Realm, Name string
	Logins, Others                                []string
}

type Details struct {
	Caller, Publisher uint64
	Procedure, Topic  string
	Progress          func(args List)
}

type Handler func(args List, kwargs Dict, details Details) (List, Dict, *Failure)

// Failure is an error with a URI. Other errors say that the client could not do something.
type Failure struct {
	Uri    string
	Args   List
	Kwargs Dict
}

func (failure *Failure) Error() string { return failure.Uri }

type CallOptions struct {
	OnProgress func(args List)
	Timeout    int64
	Disclose   bool
	CancelWhen chan bool
}

type Session interface {
	Id() uint64
	Authid() string
	Call(procedure string, args List, kwargs Dict, options CallOptions) (List, Dict, error)
	Register(procedure string, handler Handler, options Dict) (unregister func() error, err error)
	Subscribe(topic string, handler func(List, Dict, Details), options Dict) (unsubscribe func() error, err error)
	Publish(topic string, args List, kwargs Dict, options Dict) error
	Leave()
}

type Secret struct{ Authid, Secret string }

const seed = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
const publicKey = "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"

var secrets = map[string]Secret{
	"ticket": {"joe", "secret1"}, "wampcra": {"peter", "secret2"}, "wampcra salted": {"petra", "secret2"}, "cryptosign": {"client01", seed},
}
var task Task

func uri(name string) string { return "com.interop." + task.Name + "." + task.Mode + "." + name }

func print(line Dict) {
	text, _ := json.Marshal(line)
	os.Stdout.Write(append(text, '\n'))
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// plain makes values comparable: numbers of every type, and bytes.
func plain(value any) any {
	reflected := reflect.ValueOf(value)
	switch reflected.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return float64(reflected.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return float64(reflected.Uint())
	case reflect.Float32, reflect.Float64:
		return reflected.Float()
	case reflect.String:
		return reflected.String()
	case reflect.Slice:
		if bytes, isBytes := value.([]byte); isBytes {
			return "bytes " + hex.EncodeToString(bytes)
		}
		if reflected.Type().String() == "serialize.BinaryData" {
			return "bytes " + hex.EncodeToString(reflected.Bytes())
		}
		list := List{}
		for i := 0; i < reflected.Len(); i++ {
			list = append(list, plain(reflected.Index(i).Interface()))
		}
		return list
	case reflect.Map:
		dict := Dict{}
		for _, key := range reflected.MapKeys() {
			dict[fmt.Sprint(key.Interface())] = plain(reflected.MapIndex(key).Interface())
		}
		return dict
	}
	return value
}

func expect(got any, wanted any) {
	is, wants := plain(got), plain(wanted)
	if !reflect.DeepEqual(is, wants) {
		panic(fmt.Errorf("got %v, not %v", is, wants))
	}
}

func failed(err error) *Failure {
	if err == nil {
		panic(fmt.Errorf("it did not fail"))
	}
	failure, isFailure := err.(*Failure)
	if !isFailure {
		panic(err)
	}
	return failure
}

func settle(heard chan List, count int) List {
	all := List{}
	for len(all) < count {
		select {
		case entry := <-heard:
			all = append(all, entry)
		case <-time.After(time.Second):
			return all
		}
	}
	select {
	case entry := <-heard:
		all = append(all, entry)
	case <-time.After(50 * time.Millisecond):
	}
	return all
}

func echo(args List, kwargs Dict, _ Details) (List, Dict, *Failure) { return args, kwargs, nil }
func slowly(List, Dict, Details) (List, Dict, *Failure) {
	time.Sleep(1500 * time.Millisecond)
	return nil, nil, nil
}

var values = List{42, "ü", 1.5, true, nil, List{1, "x"}, Dict{"a": 1}}

func register(session Session, name string, handler Handler, options Dict) func() error {
	unregister, err := session.Register(uri(name), handler, options)
	check(err)
	return unregister
}

func hear(session Session, name string, options Dict, what func(List, Dict, Details) List) (chan List, func() error) {
	heard := make(chan List, 10)
	unsubscribe, err := session.Subscribe(uri(name), func(args List, kwargs Dict, details Details) {
		heard <- what(args, kwargs, details)
	}, options)
	check(err)
	return heard, unsubscribe
}

func onlyArgs(args List, _ Dict, _ Details) List { return args }

func publish(session Session, name string, args List, kwargs Dict, options Dict) {
	all := Dict{"acknowledge": true}
	for key, value := range options {
		all[key] = value
	}
	check(session.Publish(uri(name), args, kwargs, all))
}

func call(session Session, name string, args List, options CallOptions) List {
	result, _, err := session.Call(uri(name), args, nil, options)
	check(err)
	return result
}

func back(one, two Session, name string, args List) {
	register(one, name, echo, nil)
	expect(call(two, name, args, CallOptions{}), args)
}

func byPattern(one, two Session, match, pattern, topic string) {
	heard, _ := hear(one, pattern, Dict{"match": match}, func(args List, _ Dict, details Details) List { return List{args, details.Topic} })
	publish(two, topic, List{1}, nil, nil)
	publish(two, "elsewhere", List{2}, nil, nil)
	expect(settle(heard, 1), List{List{List{1}, uri(topic)}})
}

func chosen(one, two, three Session, options Dict, who string) {
	heard := make(chan List, 10)
	for i, session := range []Session{one, two} {
		name := []string{"one", "two"}[i]
		_, err := session.Subscribe(uri("for."+who), func(List, Dict, Details) { heard <- List{name} }, nil)
		check(err)
	}
	publish(three, "for."+who, nil, nil, options)
	expect(settle(heard, 1), List{List{who}})
}

type Scenario struct {
	name string
	run  func(one, two, three Session)
}

var scenarios = []Scenario{
	{"join", func(one, two, three Session) { expect(one.Id() > 0, true) }},
	{"call", func(one, two, three Session) {
		register(one, "echo", echo, nil)
		args, kwargs, err := two.Call(uri("echo"), values, Dict{"k": "v", "n": Dict{"m": List{1}}}, CallOptions{})
		check(err)
		expect(args, values)
		expect(kwargs, Dict{"k": "v", "n": Dict{"m": List{1}}})
		expect(call(two, "echo", List{"alone"}, CallOptions{}), List{"alone"})
	}},
	{"error", func(one, two, three Session) {
		register(one, "fail", func(List, Dict, Details) (List, Dict, *Failure) {
			return nil, nil, &Failure{"com.interop.failed", List{"why", 7}, Dict{"code": 5}}
		}, nil)
		_, _, err := two.Call(uri("fail"), nil, nil, CallOptions{})
		failure := failed(err)
		expect(List{failure.Uri, failure.Args, failure.Kwargs}, List{"com.interop.failed", List{"why", 7}, Dict{"code": 5}})
	}},
	{"no procedure", func(one, two, three Session) {
		_, _, err := one.Call(uri("nobody"), nil, nil, CallOptions{})
		expect(failed(err).Uri, "wamp.error.no_such_procedure")
	}},
	{"unregister", func(one, two, three Session) {
		unregister := register(one, "gone", echo, nil)
		call(two, "gone", nil, CallOptions{})
		check(unregister())
		_, _, err := two.Call(uri("gone"), nil, nil, CallOptions{})
		expect(failed(err).Uri, "wamp.error.no_such_procedure")
	}},
	{"progress", func(one, two, three Session) {
		register(one, "count", func(args List, _ Dict, details Details) (List, Dict, *Failure) {
			details.Progress(List{1})
			details.Progress(List{2})
			return args, nil, nil
		}, nil)
		heard := make(chan List, 10)
		result := call(two, "count", List{3}, CallOptions{OnProgress: func(args List) { heard <- args }})
		expect(List{settle(heard, 2), result}, List{List{List{1}, List{2}}, List{3}})
	}},
	{"cancel", func(one, two, three Session) {
		begun := make(chan bool, 1)
		register(one, "slow", func(args List, kwargs Dict, details Details) (List, Dict, *Failure) {
			begun <- true
			return slowly(args, kwargs, details)
		}, nil)
		_, _, err := two.Call(uri("slow"), nil, nil, CallOptions{CancelWhen: begun})
		expect(failed(err).Uri, "wamp.error.canceled")
		_, _, err = two.Call("wamp.session.count", nil, nil, CallOptions{})
		check(err)
	}},
	{"timeout", func(one, two, three Session) {
		register(one, "slower", slowly, nil)
		_, _, err := two.Call(uri("slower"), nil, nil, CallOptions{Timeout: 100})
		expect(failed(err).Uri, "wamp.error.timeout")
		_, _, err = two.Call("wamp.session.count", nil, nil, CallOptions{})
		check(err)
	}},
	{"events", func(one, two, three Session) {
		heard, _ := hear(one, "news", nil, func(args List, kwargs Dict, _ Details) List { return List{args, kwargs} })
		publish(two, "news", values, Dict{"k": 1}, nil)
		expect(settle(heard, 1), List{List{values, Dict{"k": 1}}})
	}},
	{"unsubscribe", func(one, two, three Session) {
		heard, unsubscribe := hear(one, "paper", nil, onlyArgs)
		publish(two, "paper", List{1}, nil, nil)
		expect(settle(heard, 1), List{List{1}})
		check(unsubscribe())
		publish(two, "paper", List{2}, nil, nil)
		expect(len(heard), 0)
	}},
	{"own events", func(one, two, three Session) {
		heard, _ := hear(one, "own", nil, onlyArgs)
		publish(one, "own", List{1}, nil, nil)
		publish(one, "own", List{2}, nil, Dict{"exclude_me": false})
		expect(settle(heard, 1), List{List{2}})
	}},
	{"prefix", func(one, two, three Session) { byPattern(one, two, "prefix", "tree.", "tree.leaf.green") }},
	{"wildcard", func(one, two, three Session) { byPattern(one, two, "wildcard", "wild..end", "wild.any.end") }},
	{"pattern procedure", func(one, two, three Session) {
		register(one, "shop.", func(_ List, _ Dict, details Details) (List, Dict, *Failure) {
			return List{details.Procedure}, nil, nil
		}, Dict{"match": "prefix"})
		expect(call(two, "shop.buy", nil, CallOptions{}), List{uri("shop.buy")})
	}},
	{"exclude", func(one, two, three Session) { chosen(one, two, three, Dict{"exclude": List{one.Id()}}, "two") }},
	{"eligible", func(one, two, three Session) { chosen(one, two, three, Dict{"eligible": List{one.Id()}}, "one") }},
	{"caller", func(one, two, three Session) {
		register(one, "who", func(_ List, _ Dict, details Details) (List, Dict, *Failure) {
			return List{details.Caller}, nil, nil
		}, nil)
		expect(call(two, "who", nil, CallOptions{Disclose: true}), List{two.Id()})
	}},
	{"publisher", func(one, two, three Session) {
		heard, _ := hear(one, "signed", nil, func(_ List, _ Dict, details Details) List { return List{details.Publisher} })
		publish(two, "signed", nil, nil, Dict{"disclose_me": true})
		expect(settle(heard, 1), List{List{two.Id()}})
	}},
	{"shared", func(one, two, three Session) {
		for i, session := range []Session{one, two} {
			name := []string{"one", "two"}[i]
			register(session, "shared", func(List, Dict, Details) (List, Dict, *Failure) { return List{name}, nil, nil }, Dict{"invoke": "roundrobin"})
		}
		answers := List{}
		for i := 0; i < 4; i++ {
			answers = append(answers, call(three, "shared", nil, CallOptions{})...)
		}
		expect(answers, List{"one", "two", "one", "two"})
	}},
	{"binary", func(one, two, three Session) { back(one, two, "bytes", List{bytesOf([]byte{0, 1, 127, 128, 255})}) }},
	{"integers", func(one, two, three Session) {
		back(one, two, "integers", List{0, -1, 255, 256, -129, 65536, int64(1) << 31, -(int64(1) << 31) - 1, int64(1) << 40, int64(1) << 53, -(int64(1) << 53)})
	}},
	{"unicode", func(one, two, three Session) {
		back(one, two, "texts", List{"ü", "日本語", "𝄞 😀", "\"\\\x00\x1f", ""})
	}},
}

func tell(scenario string, body func()) {
	end := make(chan any, 1)
	go func() {
		defer func() { end <- recover() }()
		body()
	}()
	var problem any
	select {
	case problem = <-end:
	case <-time.After(6 * time.Second):
		problem = "no end after 6 s"
	}
	detail := ""
	if problem != nil {
		detail = fmt.Sprint(problem)
	}
	print(Dict{"scenario": scenario, "ok": problem == nil, "detail": detail})
}

func open(login string, isWrong bool) Session {
	session, err := connect(login, isWrong)
	check(err)
	return session
}

func main() {
	check(json.Unmarshal([]byte(os.Args[1]), &task))
	switch task.Mode {
	case "scenarios":
		for _, scenario := range scenarios {
			var sessions []Session
			tell(scenario.name, func() {
				for i := 0; i < 3; i++ {
					sessions = append(sessions, open("", false))
				}
				scenario.run(sessions[0], sessions[1], sessions[2])
				if scenario.name == "join" {
					sessions[0].Leave()
				}
			})
			for i, session := range sessions {
				if i > 0 || scenario.name != "join" {
					go session.Leave()
				}
			}
		}
	case "logins":
		for _, login := range task.Logins {
			tell("login "+login, func() {
				session := open(login, false)
				expect(session.Authid(), secrets[login].Authid)
				session.Leave()
				if _, err := connect(login, true); err == nil {
					panic("a wrong secret was let in")
				}
			})
		}
	case "serve":
		session := open("", false)
		_, err := session.Register("com.interop."+task.Name+".echo", echo, nil)
		check(err)
		print(Dict{"ready": true})
		select {}
	case "call":
		session := open("", false)
		for _, other := range task.Others {
			tell("calls "+other, func() {
				args, kwargs, err := session.Call("com.interop."+other+".echo", values, Dict{"k": "ü", "n": 1}, CallOptions{})
				check(err)
				expect(args, values)
				expect(kwargs, Dict{"k": "ü", "n": 1})
			})
		}
	}
}

func reversed(text string) string {
	letters := []byte(text)
	for i, j := 0, len(letters)-1; i < j; i, j = i+1, j-1 {
		letters[i], letters[j] = letters[j], letters[i]
	}
	return string(letters)
}

