//! Values of closed labels are read and shown.

kpi_runtime::kpis!("registry.yaml");

fn main() {
    let status: Status = "server_error".parse().unwrap();
    assert_eq!(status, Status::ServerError);
    assert_eq!(Status::ALL.iter().map(|status| status.as_str()).collect::<Vec<_>>(), ["ok", "client_error", "server_error"]);
    assert_eq!(format!("{status:>14}"), "  server_error");
    assert_eq!("error".parse::<Status>().unwrap_err().known().len(), 3);
}
