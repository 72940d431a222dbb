// The client of xconn-go.
package main

import (
	"context"
	"errors"
	"io"

	log "github.com/sirupsen/logrus"
	"github.com/xconnio/wampproto-go/auth"
	"github.com/xconnio/xconn-go"
)

func init() { log.SetOutput(io.Discard) }

func bytesOf(bytes []byte) any { return bytes }

type xconnSession struct{ session *xconn.Session }

func connect(login string, isWrong bool) (Session, error) {
	client := xconn.Client{SerializerSpec: map[string]xconn.SerializerSpec{
		"json": xconn.JSONSerializerSpec, "msgpack": xconn.MsgPackSerializerSpec, "cbor": xconn.CBORSerializerSpec,
	}[task.Serializer]}
	if login != "" {
		authid, secret := secrets[login].Authid, secrets[login].Secret
		if isWrong {
			secret = reversed(secret)
		}
		switch login {
		case "ticket":
			client.Authenticator = auth.NewTicketAuthenticator(authid, secret, nil)
		case "cryptosign":
			authenticator, err := auth.NewCryptoSignAuthenticator(authid, secret, nil)
			if err != nil {
				return nil, err
			}
			client.Authenticator = authenticator
		default:
			client.Authenticator = auth.NewWAMPCRAAuthenticator(authid, secret, nil)
		}
	}
	session, err := client.Connect(context.Background(), task.Url, task.Realm)
	if err != nil {
		return nil, err
	}
	return &xconnSession{session}, nil
}

func toFailure(err error) error {
	var failure *xconn.Error
	if errors.As(err, &failure) {
		return &Failure{failure.URI, failure.Args, failure.Kwargs}
	}
	return err
}

func (made *xconnSession) Id() uint64     { return made.session.ID() }
func (made *xconnSession) Authid() string { return made.session.Details().AuthID() }
func (made *xconnSession) Leave()         { _ = made.session.Leave() }

func (made *xconnSession) Call(procedure string, args List, kwargs Dict, options CallOptions) (List, Dict, error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	request := made.session.Call(procedure).Args(args...)
	if kwargs != nil {
		request = request.Kwargs(kwargs)
	}
	if options.Timeout > 0 {
		request = request.Option("timeout", options.Timeout)
	}
	if options.Disclose {
		request = request.Option("disclose_me", true)
	}
	if options.OnProgress != nil {
		request = request.ProgressReceiver(func(result *xconn.ProgressResult) { options.OnProgress(result.Args()) })
	}
	if options.CancelWhen != nil {
		go func() {
			<-options.CancelWhen
			cancel()
		}()
	}
	response := request.DoContext(ctx)
	if response.Err != nil && ctx.Err() != nil {
		return nil, nil, &Failure{Uri: "wamp.error.canceled"} // it says so in words of its own
	}
	if response.Err != nil {
		return nil, nil, toFailure(response.Err)
	}
	return response.Args(), response.Kwargs(), nil
}

func (made *xconnSession) Register(procedure string, handler Handler, options Dict) (func() error, error) {
	request := made.session.Register(procedure, func(_ context.Context, invocation *xconn.Invocation) *xconn.InvocationResult {
		details := Details{Caller: invocation.Caller(), Procedure: invocation.Procedure(), Progress: func(args List) {
			check(invocation.SendProgress(args, nil))
		}}
		args, kwargs, failure := handler(invocation.Args(), invocation.Kwargs(), details)
		if failure != nil {
			return &xconn.InvocationResult{Err: failure.Uri, Args: failure.Args, Kwargs: failure.Kwargs}
		}
		return &xconn.InvocationResult{Args: args, Kwargs: kwargs}
	})
	if options != nil {
		request = request.Options(options)
	}
	response := request.Do()
	return response.Unregister, toFailure(response.Err)
}

func (made *xconnSession) Subscribe(topic string, handler func(List, Dict, Details), options Dict) (func() error, error) {
	request := made.session.Subscribe(topic, func(event *xconn.Event) {
		handler(event.Args(), event.Kwargs(), Details{Publisher: event.Publisher(), Topic: event.Topic()})
	})
	if options != nil {
		request = request.Options(options)
	}
	response := request.Do()
	return response.Unsubscribe, toFailure(response.Err)
}

func (made *xconnSession) Publish(topic string, args List, kwargs Dict, options Dict) error {
	request := made.session.Publish(topic).Args(args...).Options(options)
	if kwargs != nil {
		request = request.Kwargs(kwargs)
	}
	return toFailure(request.Do().Err)
}
