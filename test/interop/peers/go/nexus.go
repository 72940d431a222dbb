// The client of nexus.
package main

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"io"
	"log"
	"strings"
	"time"

	"github.com/gammazero/nexus/v3/client"
	"github.com/gammazero/nexus/v3/transport/serialize"
	"github.com/gammazero/nexus/v3/wamp"
	"github.com/gammazero/nexus/v3/wamp/crsign"
)

func bytesOf(bytes []byte) any {
	if task.Serializer == "json" {
		return serialize.BinaryData(bytes)
	}
	return bytes
}

type nexusSession struct{ client *client.Client }

func connect(login string, isWrong bool) (Session, error) {
	config := client.Config{
		Realm:           task.Realm,
		ResponseTimeout: 4 * time.Second,
		Logger:          log.New(io.Discard, "", 0),
		Serialization:   map[string]serialize.Serialization{"json": client.JSON, "msgpack": client.MSGPACK, "cbor": client.CBOR}[task.Serializer],
	}
	if login != "" {
		secret := secrets[login].Secret
		if isWrong {
			secret = reversed(secret)
		}
		config.HelloDetails = wamp.Dict{"authid": secrets[login].Authid}
		config.AuthHandlers = map[string]client.AuthFunc{strings.Split(login, " ")[0]: func(challenge *wamp.Challenge) (string, wamp.Dict) {
			switch login {
			case "ticket":
				return secret, wamp.Dict{}
			case "cryptosign":
				message, _ := wamp.AsString(challenge.Extra["challenge"])
				bytes, _ := hex.DecodeString(message)
				key, _ := hex.DecodeString(secret)
				return hex.EncodeToString(ed25519.Sign(ed25519.NewKeyFromSeed(key), bytes)) + message, wamp.Dict{}
			}
			return crsign.RespondChallenge(secret, challenge, nil), wamp.Dict{}
		}}
		if login == "cryptosign" {
			config.HelloDetails["authextra"] = wamp.Dict{"pubkey": publicKey}
		}
	}
	url := strings.Replace(task.Url, "rs://", "tcp://", 1)
	made, err := client.ConnectNet(context.Background(), url, config)
	if err != nil {
		return nil, err
	}
	return &nexusSession{made}, nil
}

func (session *nexusSession) Id() uint64 { return uint64(session.client.ID()) }
func (session *nexusSession) Authid() string {
	authid, _ := wamp.AsString(session.client.RealmDetails()["authid"])
	return authid
}
func (session *nexusSession) Leave() { session.client.Close() }

func (session *nexusSession) Call(procedure string, args List, kwargs Dict, options CallOptions) (List, Dict, error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	how := wamp.Dict{}
	if options.Timeout > 0 {
		how["timeout"] = options.Timeout
	}
	if options.Disclose {
		how["disclose_me"] = true
	}
	var onProgress client.ProgressHandler
	if options.OnProgress != nil {
		onProgress = func(result *wamp.Result) { options.OnProgress(result.Arguments) }
	}
	if options.CancelWhen != nil {
		go func() {
			<-options.CancelWhen
			cancel()
		}()
	}
	result, err := session.client.Call(ctx, procedure, how, args, kwargs, onProgress)
	if err == nil {
		return result.Arguments, result.ArgumentsKw, nil
	}
	var failure client.RPCError
	if errors.As(err, &failure) {
		return nil, nil, &Failure{string(failure.Err.Error), failure.Err.Arguments, failure.Err.ArgumentsKw}
	}
	if ctx.Err() != nil {
		return nil, nil, &Failure{Uri: "wamp.error.canceled"} // it says so in Go's words
	}
	return nil, nil, err
}

func (session *nexusSession) Register(procedure string, handler Handler, options Dict) (func() error, error) {
	err := session.client.Register(procedure, func(ctx context.Context, invocation *wamp.Invocation) client.InvokeResult {
		caller, _ := wamp.AsID(invocation.Details["caller"])
		called, _ := wamp.AsString(invocation.Details["procedure"])
		progress := func(args List) { check(session.client.SendProgress(ctx, args, nil)) }
		args, kwargs, failure := handler(invocation.Arguments, invocation.ArgumentsKw, Details{Caller: uint64(caller), Procedure: called, Progress: progress})
		if failure != nil {
			return client.InvokeResult{Err: wamp.URI(failure.Uri), Args: failure.Args, Kwargs: failure.Kwargs}
		}
		return client.InvokeResult{Args: args, Kwargs: kwargs}
	}, options)
	return func() error { return session.client.Unregister(procedure) }, err
}

func (session *nexusSession) Subscribe(topic string, handler func(List, Dict, Details), options Dict) (func() error, error) {
	err := session.client.Subscribe(topic, func(event *wamp.Event) {
		publisher, _ := wamp.AsID(event.Details["publisher"])
		of, _ := wamp.AsString(event.Details["topic"])
		handler(event.Arguments, event.ArgumentsKw, Details{Publisher: uint64(publisher), Topic: of})
	}, options)
	return func() error { return session.client.Unsubscribe(topic) }, err
}

func (session *nexusSession) Publish(topic string, args List, kwargs Dict, options Dict) error {
	return session.client.Publish(topic, options, args, kwargs)
}
