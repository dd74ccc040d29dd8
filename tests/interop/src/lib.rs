//! The runtime beside other libraries and servers: see `tests`.
