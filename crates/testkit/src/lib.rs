//! Private PostgreSQL and RabbitMQ, template databases, fake clock, eventually, a real SMTP sink.
