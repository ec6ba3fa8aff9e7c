// What Go's concurrency package does, one step a line of standard input: `go run . <endpoint> lock <name>`,
// `go run . <endpoint> elect <name> <value>` and `go run . <endpoint> measure <name> <repeats>`. Says `held` or
// `elected`, and gives up what it has when its standard input ends.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"slices"
	"strconv"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/client/v3/concurrency"
)

func main() {
	endpoint, what, name := os.Args[1], os.Args[2], os.Args[3]
	client, err := clientv3.New(clientv3.Config{Endpoints: []string{endpoint}, DialTimeout: 10 * time.Second})
	check(err)
	defer client.Close()
	session, err := concurrency.NewSession(client, concurrency.WithTTL(10))
	check(err)
	defer session.Close()
	ctx := context.Background()
	switch what {
	case "lock":
		mutex := concurrency.NewMutex(session, name)
		check(mutex.Lock(ctx))
		fmt.Println("held", mutex.Key())
		io.Copy(io.Discard, os.Stdin)
		check(mutex.Unlock(ctx))
	case "elect":
		election := concurrency.NewElection(session, name)
		check(election.Campaign(ctx, os.Args[4]))
		fmt.Println("elected", election.Key())
		io.Copy(io.Discard, os.Stdin)
		check(election.Resign(ctx))
	case "measure":
		repeats, err := strconv.Atoi(os.Args[4])
		check(err)
		mutex := concurrency.NewMutex(session, name)
		took := make([]float64, 0, repeats)
		for index := -repeats; index < repeats; index++ {
			began := time.Now()
			check(mutex.Lock(ctx))
			check(mutex.Unlock(ctx))
			if index >= 0 {
				took = append(took, float64(time.Since(began).Microseconds())/1000)
			}
		}
		slices.Sort(took)
		fmt.Println(took[len(took)/2])
	}
	fmt.Println("done")
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
