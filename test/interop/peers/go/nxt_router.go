// xconn's router nxt, as its own program runs it: by a file in YAML, which may be JSON. Arguments: the ports for WebSocket and RawSocket.
package main

import (
	"encoding/json"
	"log"
	"os"

	"github.com/xconnio/xconn-go/nxt"
)

type object = map[string]any

func main() {
	user := func(authid string, more object) object {
		more["authid"], more["realm"], more["role"] = authid, "realm1", "user"
		return more
	}
	listener := func(kind, port string) object {
		return object{"type": kind, "listener": "tcp", "address": "127.0.0.1:" + port, "serializers": []string{"json", "cbor", "msgpack"}}
	}
	everything := object{
		"uri": "", "match": "prefix", "allow_call": true, "allow_register": true, "allow_publish": true, "allow_subscribe": true,
	}
	config, _ := json.Marshal(object{
		"version":    "1",
		"realms":     []object{{"name": "realm1", "roles": []object{{"name": "user", "permissions": []object{everything}}}}},
		"transports": []object{listener("websocket", os.Args[1]), listener("rawsocket", os.Args[2])},
		"authenticators": object{
			"anonymous": []object{user("anonymous", object{})},
			"ticket":    []object{user("joe", object{"ticket": "secret1"})},
			"wampcra": []object{
				user("peter", object{"secret": "secret2"}),
				user("petra", object{
					"secret": "nythvFZ7EuM5sPCQrrgnz1oJiZXUNcZZFlDIdGSiNUs=", "salt": "salt123", "iterations": 1000, "keylen": 32,
				}),
			},
			"cryptosign": []object{user("client01", object{
				"authorized_keys": []string{"03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"},
			})},
		},
	})
	file, err := os.CreateTemp("", "nxt-*.yaml")
	if err != nil {
		log.Fatal(err)
	}
	_, _ = file.Write(config)
	_ = file.Close()
	_, err = nxt.StartServerFromConfigFile(file.Name())
	_ = os.Remove(file.Name())
	if err != nil {
		log.Fatal(err)
	}
	select {}
}
