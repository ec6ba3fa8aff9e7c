package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	endpoint "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	"google.golang.org/protobuf/encoding/protojson"
)

func main() {
	body := `{"node":{"id":"test"},"resource_names":["edge"],"type_url":"type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment"}`
	answer, err := http.Post(os.Args[1]+"/v3/discovery:endpoints", "application/json", strings.NewReader(body))
	if err != nil { panic(err) }
	bytes, _ := io.ReadAll(answer.Body)
	var response discovery.DiscoveryResponse
	if err := protojson.Unmarshal(bytes, &response); err != nil { fmt.Println(string(bytes)); panic(err) }
	for _, resource := range response.Resources {
		var assignment endpoint.ClusterLoadAssignment
		if err := resource.UnmarshalTo(&assignment); err != nil { panic(err) }
		if err := assignment.ValidateAll(); err != nil { panic(err) }
		for _, group := range assignment.Endpoints {
			for _, each := range group.LbEndpoints {
				address := each.GetEndpoint().Address.GetSocketAddress()
				fmt.Println(assignment.ClusterName, group.Locality.GetZone(), address.Address, address.GetPortValue(), each.LoadBalancingWeight.GetValue(), each.HealthStatus)
			}
		}
	}
	fmt.Println("version", response.VersionInfo, response.TypeUrl)
}
