//! Whoever wants to know which elevations are held.

use super::PlatformError;
use crate::token::Elevation;

/// Is told which elevations are held.
///
/// Calls come one after the other: what is held at present first, then each change. What came and went while
/// a call was under way is left out, the latest never is. A call that fails or takes longer than a storage
/// callback may is given up; the next change is told all the same. It may call back into the client.
#[uniffi::export(foreign)]
#[async_trait::async_trait]
pub trait ElevationListener: Send + Sync {
    /// These are held now, in the order of their scopes.
    async fn elevations_changed(&self, elevations: Vec<Elevation>) -> Result<(), PlatformError>;
}
