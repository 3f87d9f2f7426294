//! Fields whose TL-B encoding has no type of its own in `tycho-types`.

use tycho_types::error::Error;
use tycho_types::prelude::*;

/// An Ed25519 signature (`bits512`).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature(pub [u8; 64]);

impl std::fmt::Debug for Signature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for byte in &self.0 {
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl Store for Signature {
    fn store_into(&self, builder: &mut CellBuilder, _: &dyn CellContext) -> Result<(), Error> {
        builder.store_raw(&self.0, 512)
    }
}

impl<'a> Load<'a> for Signature {
    fn load_from(slice: &mut CellSlice<'a>) -> Result<Self, Error> {
        let mut bytes = [0; 64];
        slice.load_raw(&mut bytes, 512)?;
        Ok(Self(bytes))
    }
}
