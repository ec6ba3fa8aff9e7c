// Asks the health service of gRPC through a gateway: a unary call with a trailer, a stream, an error and a deadline.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

func main() {
	connection, err := grpc.NewClient(os.Args[1], grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		log.Fatal(err)
	}
	defer connection.Close()
	health := grpc_health_v1.NewHealthClient(connection)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	ask := func(service string) *grpc_health_v1.HealthCheckRequest {
		return &grpc_health_v1.HealthCheckRequest{Service: service}
	}
	var trailer metadata.MD
	answer, err := health.Check(ctx, ask("shop"), grpc.Trailer(&trailer))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("unary", int(answer.Status), trailer.Get("x-served-by")[0])
	stream, err := health.Watch(ctx, ask("shop"))
	if err != nil {
		log.Fatal(err)
	}
	for {
		update, err := stream.Recv()
		if err != nil {
			fmt.Println("end", err == io.EOF)
			break
		}
		fmt.Println("stream", int(update.Status))
	}
	_, err = health.Check(ctx, ask("unknown"))
	fmt.Println("error", int(status.Code(err)), status.Convert(err).Message())
	short, stop := context.WithTimeout(ctx, 300*time.Millisecond)
	defer stop()
	_, err = health.Check(short, ask("slow"))
	fmt.Println("deadline", int(status.Code(err)))
}
