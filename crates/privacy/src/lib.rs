//! Data map, vault, tokens, access log, ledger watermark and fence, the holder of personal data.
