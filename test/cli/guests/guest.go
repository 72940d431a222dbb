// A guest in Go, with its standard library alone: RawSocket and JSON, and a login by cryptosign. It registers a procedure, and answers calls.
package main

import (
	"bufio"
	"crypto/ed25519"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func main() {
	key := ed25519.NewKeyFromSeed(must(hex.DecodeString(os.Getenv("WAMP_PRIVATE_KEY"))))
	line := must(net.Dial("tcp", strings.TrimPrefix(os.Getenv("WAMP_RAW_URL"), "rs://")))
	must(line.Write([]byte{0x7f, 0xf1, 0, 0}))
	received := bufio.NewReader(line)
	must(io.CopyN(io.Discard, received, 4))

	send := func(message ...any) {
		data := must(json.Marshal(message))
		must(line.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(data))), data...)))
	}
	receive := func() []any {
		head := make([]byte, 4)
		must(io.ReadFull(received, head))
		data := make([]byte, binary.BigEndian.Uint32(head))
		must(io.ReadFull(received, data))
		var message []any
		must(0, json.Unmarshal(data, &message))
		return message
	}

	pubkey := hex.EncodeToString(key.Public().(ed25519.PublicKey))
	send(1, os.Getenv("WAMP_REALM"), map[string]any{
		"roles":       map[string]any{"callee": map[string]any{}},
		"authid":      os.Getenv("WAMP_AUTHID"),
		"authmethods": []string{"cryptosign"},
		"authextra":   map[string]any{"pubkey": pubkey},
	})
	challenge := must(hex.DecodeString(receive()[2].(map[string]any)["challenge"].(string)))
	send(5, hex.EncodeToString(append(ed25519.Sign(key, challenge), challenge...)), map[string]any{})
	fmt.Println("welcome", receive()[2].(map[string]any)["authid"])
	send(64, 1, map[string]any{}, "com.example.go")
	for {
		message := receive()
		if message[0].(float64) == 68 {
			send(70, message[1], map[string]any{}, []string{"go says " + message[4].([]any)[0].(string)})
		}
	}
}
