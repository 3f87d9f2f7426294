//! Fields whose TL-B encoding has no type of its own in `tycho-types`.

use tycho_types::error::Error;
use tycho_types::models::StdAddr;
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

/// An address or `addr_none$00` (`address?` in Tolk): a missing address has two bits, not one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MaybeAddr(pub Option<StdAddr>);

impl Store for MaybeAddr {
    fn store_into(
        &self,
        builder: &mut CellBuilder,
        context: &dyn CellContext,
    ) -> Result<(), Error> {
        match &self.0 {
            Some(addr) => addr.store_into(builder, context),
            None => builder.store_zeros(2),
        }
    }
}

impl<'a> Load<'a> for MaybeAddr {
    fn load_from(slice: &mut CellSlice<'a>) -> Result<Self, Error> {
        if slice.get_small_uint(0, 2)? == 0 {
            slice.skip_first(2, 0)?;
            return Ok(Self(None));
        }
        StdAddr::load_from(slice).map(|addr| Self(Some(addr)))
    }
}
