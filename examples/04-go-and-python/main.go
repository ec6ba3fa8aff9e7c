// The service `go`, with etcd's own client: registers on a lease, follows `python`, and calls its instances.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
)

// The fields of a record that this program needs; readers ignore the others.
type instance struct {
	Service      string    `json:"service"`
	ID           string    `json:"id"`
	Host         string    `json:"host"`
	Port         int       `json:"port"`
	Status       string    `json:"status"`
	RegisteredAt time.Time `json:"registeredAt"`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	endpoints := os.Getenv("WAYPOST_ENDPOINTS")
	if endpoints == "" {
		endpoints = "http://127.0.0.1:2379"
	}
	etcd, err := clientv3.New(clientv3.Config{Endpoints: strings.Split(endpoints, ","), DialTimeout: 5 * time.Second})
	if err != nil {
		log.Fatal(err)
	}
	defer etcd.Close()

	// Listen first, so that nobody is sent to a closed port.
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	go http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "hello from Go")
	}))

	leave, err := register(ctx, etcd, "greeter", "go", listener.Addr().(*net.TCPAddr).Port)
	if err != nil {
		log.Fatal(err)
	}
	defer leave()
	if err := follow(ctx, etcd, "greeter", "go"); err != nil && ctx.Err() == nil {
		log.Print(err)
	}
}

// register writes the record on a lease that is kept alive, and returns what takes it away again.
func register(ctx context.Context, etcd *clientv3.Client, service, id string, port int) (func(), error) {
	lease, err := etcd.Grant(ctx, 10)
	if err != nil {
		return nil, err
	}
	key := "/services/" + service + "/" + id
	record := instance{service, id, "127.0.0.1", port, "up", time.Now().UTC()}
	write := func(ctx context.Context) error {
		value, _ := json.Marshal(record)
		_, err := etcd.Put(ctx, key, string(value), clientv3.WithLease(lease.ID))
		return err
	}
	if err := write(ctx); err != nil {
		return nil, err
	}
	renewals, err := etcd.KeepAlive(ctx, lease.ID)
	if err != nil {
		return nil, err
	}
	go func() {
		for range renewals {
		}
		if ctx.Err() == nil {
			log.Fatal("the lease is lost: restart the program to register again")
		}
	}()
	return func() {
		// Whoever leaves deliberately says so first: then nobody takes it for a crash.
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		record.Status = "leaving"
		if err := write(ctx); err != nil {
			log.Print(err)
		}
		if _, err := etcd.Revoke(ctx, lease.ID); err != nil {
			log.Print(err)
		}
	}, nil
}

// follow lists the instances of a service, then watches from the revision after that list, and calls each that is new.
func follow(ctx context.Context, etcd *clientv3.Client, service, self string) error {
	prefix := "/services/" + service + "/"
	list, err := etcd.Get(ctx, prefix, clientv3.WithPrefix())
	if err != nil {
		return err
	}
	known := map[string]bool{prefix + self: true}
	for _, kv := range list.Kvs {
		see(known, string(kv.Key), kv.Value)
	}
	for batch := range etcd.Watch(ctx, prefix, clientv3.WithPrefix(), clientv3.WithRev(list.Header.Revision+1)) {
		if err := batch.Err(); err != nil {
			return err
		}
		for _, event := range batch.Events {
			if event.Type == clientv3.EventTypeDelete {
				delete(known, string(event.Kv.Key))
				fmt.Printf("Go sees that %s is gone\n", event.Kv.Key)
			} else {
				see(known, string(event.Kv.Key), event.Kv.Value)
			}
		}
	}
	return nil
}

func see(known map[string]bool, key string, value []byte) {
	var found instance
	if err := json.Unmarshal(value, &found); err != nil {
		log.Printf("%s cannot be read: %v", key, err)
		return
	}
	if found.Status != "up" || known[key] {
		return
	}
	known[key] = true
	fmt.Printf("Go finds %s, which says: %s\n", key, call(found))
}

func call(to instance) string {
	client := http.Client{Timeout: 5 * time.Second}
	response, err := client.Get(fmt.Sprintf("http://%s:%d/", to.Host, to.Port))
	if err != nil {
		return err.Error()
	}
	defer response.Body.Close()
	text := make([]byte, 100)
	n, _ := response.Body.Read(text)
	return string(text[:n])
}
