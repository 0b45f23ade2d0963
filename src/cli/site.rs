//! The pages' files that the program carries.

use rust_embed::Embed;

/// What `tools/assets.mjs` gathered. A build for development reads it from the disk each time.
#[derive(Embed)]
#[folder = "$CARGO_MANIFEST_DIR/target/site"]
#[allow_missing = true]
pub struct Site;
