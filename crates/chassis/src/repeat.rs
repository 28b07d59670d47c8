//! What a service does again and again beside its calls.

use std::sync::Arc;
use std::time::Duration;

use crate::Chassis;

impl Chassis {
    /// Does something again and again until the service stops. A failure is said, as `failed`, and made good by the next turn.
    pub fn repeat<A, E, F, T>(
        &self,
        app: &Arc<A>,
        (name, every): (&'static str, Duration),
        failed: &'static str,
        turn: F,
    ) where
        A: Send + Sync + 'static,
        E: std::error::Error + 'static,
        F: Fn(Arc<A>) -> T + Send + 'static,
        T: Future<Output = Result<(), E>> + Send,
    {
        let (shutdown, app) = (self.lifecycle.shutdown.clone(), Arc::clone(app));
        self.lifecycle.spawn(name, async move {
            while shutdown
                .run_until_cancelled(tokio::time::sleep(every))
                .await
                .is_some()
            {
                let ended = turn(Arc::clone(&app)).await;
                if let Err(error) = ended.map_err(|error| service_kit::error::chain(&error)) {
                    tracing::warn!(error.chain = error, "{failed}");
                }
            }
            anyhow::Ok(())
        });
    }

    /// As [`Chassis::repeat`]; a turn in which the service may not serve, behind the ledger or stopping, is left out.
    pub fn repeat_when_ready<A, E, F, T>(
        &self,
        app: &Arc<A>,
        task: (&'static str, Duration),
        failed: &'static str,
        turn: F,
    ) where
        A: Send + Sync + 'static,
        E: std::error::Error + 'static,
        F: Fn(Arc<A>) -> T + Send + 'static,
        T: Future<Output = Result<(), E>> + Send,
    {
        let readiness = self.lifecycle.readiness.clone();
        self.repeat(app, task, failed, move |app| {
            // Nothing is done of it before it is waited for.
            let turn = readiness.is_ready().then(|| turn(app));
            async move {
                match turn {
                    Some(turn) => turn.await,
                    None => Ok(()),
                }
            }
        });
    }
}
