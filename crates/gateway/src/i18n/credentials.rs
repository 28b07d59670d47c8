//! What staff read about the credentials of systems.

super::texts! {
    /// Credentials of providers' systems and of the network's own.
    Credentials {
        title: "Systeminloggningar", "System credentials";
        lead: "Vad leverantörers och nätets egna system loggar in med. Hemligheten visas en enda gång.", "What providers' systems and the network's own sign in with. The secret is shown once.";
        of_providers: "Leverantörers system", "Providers' systems";
        of_network: "Nätets egna system, som lämnar uttag", "The network's own systems, which post accesses";
        provider: "Leverantör", "Provider";
        id: "Inloggningsnamn", "Client id";
        secret: "Hemlighet, visas bara nu", "Secret, shown only now";
        made: "En ny inloggning är skapad. Skriv av hemligheten nu; den går inte att få fram igen.", "A new credential is made. Copy the secret now; it cannot be shown again.";
        created_at: "Skapad", "Made";
        used_at: "Använd senast", "Last used";
        never: "Aldrig", "Never";
        valid: "Gäller", "Valid";
        revoked: "Spärrad {}", "Revoked {}";
        new_provider: "Ny inloggning för en leverantör", "New credential for a provider";
        new_provider_hint: "Två kan gälla samtidigt, så att leverantören hinner byta innan den gamla spärras.", "Two may be valid at a time, so that the provider can change over before the old one is revoked.";
        new_network: "Ny inloggning för ett av nätets system", "New credential for one of the network's systems";
        make: "Skapa", "Make";
        full_provider: "Leverantören har redan två som gäller. Spärra en först.", "The provider has two valid ones already. Revoke one first.";
        full_network: "Nätet har redan så många som kan gälla. Spärra en först.", "The network has as many valid ones as there may be. Revoke one first.";
        revoke: "Spärra", "Revoke";
        revoke_title: "Spärra inloggningen?", "Revoke the credential?";
        revoke_text: "Systemet kommer inte längre in: redan utfärdade tillträden slutar gälla inom fem minuter. Det går inte att ångra, men en ny kan skapas.", "The system gets in no more: what it was given already ends within five minutes. This cannot be undone, but a new one can be made.";
        revoke_button: "Spärra inloggningen", "Revoke the credential";
    }
}
