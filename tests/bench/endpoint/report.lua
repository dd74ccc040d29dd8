-- What wrk measured, in one line of JSON: microseconds, and requests a second.
done = function(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '{"p50": %d, "p90": %d, "p99": %d, "max": %d, "requests": %d, "seconds": %.6f, "bytes": %d, "errors": %d}\n',
    latency:percentile(50), latency:percentile(90), latency:percentile(99), latency.max,
    summary.requests, summary.duration / 1e6, summary.bytes,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
