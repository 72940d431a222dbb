// nexus as a router: open to everybody, and with a user for each login. Arguments: the ports for WebSocket and RawSocket.
package main

import (
	"encoding/hex"
	"errors"
	"io"
	"log"
	"os"

	"github.com/gammazero/nexus/v3/router"
	"github.com/gammazero/nexus/v3/router/auth"
)

// The key of petra is that of secret2 with her salt.
type users struct{}

func (users) AuthKey(authid, authmethod string) ([]byte, error) {
	keys := map[string]string{
		"joe ticket":    "secret1",
		"peter wampcra": "secret2",
		"petra wampcra": "nythvFZ7EuM5sPCQrrgnz1oJiZXUNcZZFlDIdGSiNUs=",
	}
	if authid == "client01" && authmethod == "cryptosign" {
		return hex.DecodeString("03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8")
	}
	if key, ok := keys[authid+" "+authmethod]; ok {
		return []byte(key), nil
	}
	return nil, errors.New("no such user")
}

func (users) PasswordInfo(authid string) (string, int, int) {
	if authid == "petra" {
		return "salt123", 32, 1000
	}
	return "", 0, 0
}

func (users) AuthRole(string) (string, error) { return "user", nil }
func (users) Provider() string                { return "static" }

func main() {
	realm := &router.RealmConfig{
		URI:            "realm1",
		AnonymousAuth:  true,
		AllowDisclose:  true,
		EnableMetaKill: true,
		Authenticators: []auth.Authenticator{
			auth.NewTicketAuthenticator(users{}, 0),
			auth.NewCRAuthenticator(users{}, 0),
			auth.NewCryptoSignAuthenticator(users{}, 0),
		},
	}
	quiet := log.New(io.Discard, "", 0)
	nexus, err := router.NewRouter(&router.Config{RealmConfigs: []*router.RealmConfig{realm}}, quiet)
	if err != nil {
		log.Fatal(err)
	}
	webSockets := router.NewWebsocketServer(nexus)
	webSockets.OutQueueSize = 1024
	if _, err := webSockets.ListenAndServe("127.0.0.1:" + os.Args[1]); err != nil {
		log.Fatal(err)
	}
	rawSockets := router.NewRawSocketServer(nexus)
	rawSockets.RecvLimit = 1 << 20
	rawSockets.OutQueueSize = 1024
	if _, err := rawSockets.ListenAndServe("tcp", "127.0.0.1:"+os.Args[2]); err != nil {
		log.Fatal(err)
	}
	select {}
}
