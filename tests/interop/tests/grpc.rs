//! The tower layer around a gRPC server of tonic, asked by a client of tonic.
#![allow(clippy::unwrap_used, clippy::panic, reason = "what is unexpected fails the test")]

mod kpis {
    kpi_runtime::kpis!("service.yaml");
}

use std::time::Duration;

use kpi_runtime::bridge::tower::{Class, KpiLayer, Outcome};
use kpis::{Kpis, Requests, Rpc, Status};
use tokio::net::TcpListener;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Endpoint, Server};
use tonic_health::ServingStatus;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use tonic_health::server::health_reporter;

impl From<Outcome> for Status {
    fn from(outcome: Outcome) -> Self {
        match outcome.class() {
            Class::ClientError => Self::ClientError,
            Class::ServerError => Self::ServerError,
            Class::Cancelled => Self::Cancelled,
            Class::Informational | Class::Success | Class::Redirection => Self::Ok,
        }
    }
}

/// Waits for what the server does in its own time.
async fn eventually(what: impl Fn() -> bool) {
    tokio::time::timeout(Duration::from_secs(60), async {
        while !what() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_are_counted_by_the_status_behind_their_body() {
    let kpis: &'static Kpis = Box::leak(Box::new(Kpis::new()));
    let layer = KpiLayer::new(|request| match request.uri.path() {
        "/grpc.health.v1.Health/Check" => Rpc::Check,
        "/grpc.health.v1.Health/Watch" => Rpc::Watch,
        _ => Rpc::Other,
    })
    .requests(|&rpc, outcome| kpis.calls.with(rpc, outcome.into()))
    .duration(|&rpc, _| kpis.duration.with(rpc))
    .in_flight(|&rpc| kpis.in_flight.with(rpc))
    .whole_body();

    let (reporter, service) = health_reporter();
    reporter.set_service_status("shop", ServingStatus::Serving).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = Server::builder().layer(layer).add_service(service);
    tokio::spawn(server.serve_with_incoming(TcpIncoming::from(listener)));

    let channel = Endpoint::from_shared(format!("http://{address}")).unwrap().connect().await.unwrap();
    let mut client = HealthClient::new(channel);
    let of = |service: &str| HealthCheckRequest { service: service.to_owned() };
    client.check(of("shop")).await.unwrap();
    client.check(of("shop")).await.unwrap();
    assert_eq!(client.check(of("nobody")).await.unwrap_err().code(), tonic::Code::NotFound);
    eventually(|| kpis.calls.with(Rpc::Check, Status::Ok).get() == 2).await;
    eventually(|| kpis.calls.with(Rpc::Check, Status::ClientError).get() == 1).await;

    // A stream is in flight as long as it lasts, and this one ends because the client has had enough.
    let mut watch = client.watch(of("shop")).await.unwrap().into_inner();
    watch.message().await.unwrap().unwrap();
    reporter.set_service_status("shop", ServingStatus::NotServing).await;
    watch.message().await.unwrap().unwrap();
    assert_eq!(kpis.in_flight.with(Rpc::Watch).get(), Some(Requests(1.0)));
    drop(watch);
    eventually(|| kpis.calls.with(Rpc::Watch, Status::Cancelled).get() == 1).await;
    eventually(|| kpis.in_flight.with(Rpc::Watch).get() == Some(Requests(0.0))).await;
    assert_eq!([Rpc::Check, Rpc::Watch].map(|rpc| kpis.duration.with(rpc).count()), [3, 1]);
}
