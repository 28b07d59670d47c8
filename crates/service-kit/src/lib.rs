//! What each service is made of: config, telemetry, lifecycle, database, gRPC, callers, errors.
