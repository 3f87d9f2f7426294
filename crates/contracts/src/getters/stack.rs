//! Reading and writing the stack of a get method.

use num_bigint::BigInt;
use tycho_types::models::StdAddr;
use tycho_types::num::Tokens;
use tycho_types::prelude::*;
use tycho_vm::{OwnedCellSlice, RcStackValue, SafeRc, StackValueType};

/// Error of a get method whose result does not have the expected form.
#[derive(Debug, thiserror::Error)]
pub enum StackError {
    /// The method returned fewer or more values than expected.
    #[error("a result of {expected} values was expected, {found} came")]
    Length {
        /// Number of values in the method's result.
        expected: usize,
        /// Number of values on the stack.
        found: usize,
    },
    /// A value has another type.
    #[error("value {index} of the result is not {expected}")]
    Type {
        /// Position in the result, from zero.
        index: usize,
        /// The expected type.
        expected: &'static str,
    },
    /// A value has the right type but cannot be read.
    #[error("value {index} of the result does not parse")]
    Parse {
        /// Position in the result, from zero.
        index: usize,
        /// Parse error.
        #[source]
        source: tycho_types::error::Error,
    },
}

/// Returns an integer argument.
pub fn int_arg(value: impl Into<BigInt>) -> RcStackValue {
    RcStackValue::new_dyn_value(value.into())
}

/// Returns a cell argument.
pub fn cell_arg(value: Cell) -> RcStackValue {
    SafeRc::new_dyn_value(value)
}

/// Returns an address argument.
///
/// Fails only when a cell cannot be built, which no address causes.
pub fn addr_arg(value: &StdAddr) -> Result<RcStackValue, tycho_types::error::Error> {
    let cell = CellBuilder::build_from(value)?;
    Ok(SafeRc::new_dyn_value(OwnedCellSlice::new_allow_exotic(
        cell,
    )))
}

/// Reads a result value by value, in the order in which the method returns them.
pub struct StackReader<'a> {
    items: &'a [RcStackValue],
    index: usize,
}

impl<'a> StackReader<'a> {
    /// Reads a result of exactly `expected` values.
    ///
    /// Fails only when the stack holds another number of them.
    pub fn new(items: &'a [RcStackValue], expected: usize) -> Result<Self, StackError> {
        if items.len() != expected {
            return Err(StackError::Length {
                expected,
                found: items.len(),
            });
        }
        Ok(Self { items, index: 0 })
    }

    fn next(&mut self) -> Result<(usize, &'a RcStackValue), StackError> {
        let index = self.index;
        let found = self.items.len();
        let value = self.items.get(index).ok_or(StackError::Length {
            expected: index + 1,
            found,
        })?;
        self.index += 1;
        Ok((index, value))
    }

    fn typed<T>(
        &mut self,
        expected: &'static str,
        read: impl FnOnce(&'a RcStackValue) -> Option<T>,
    ) -> Result<T, StackError> {
        let (index, value) = self.next()?;
        read(value).ok_or(StackError::Type { index, expected })
    }

    /// Returns the next value as an integer of any Rust type.
    ///
    /// Fails only when it is not an integer or does not fit.
    pub fn int<T: for<'b> TryFrom<&'b BigInt>>(&mut self) -> Result<T, StackError> {
        self.typed("an integer of this size", |value| {
            T::try_from(value.as_int()?).ok()
        })
    }

    /// Returns the next value as a boolean.
    ///
    /// Fails only when it is not an integer.
    pub fn bool(&mut self) -> Result<bool, StackError> {
        self.typed("a boolean", |value| Some(*value.as_int()? != BigInt::ZERO))
    }

    /// Returns the next value as an amount.
    ///
    /// Fails only when it is not an integer, is negative, or has more than 120 bits.
    pub fn tokens(&mut self) -> Result<Tokens, StackError> {
        self.typed("an amount", |value| {
            let nano = u128::try_from(value.as_int()?).ok()?;
            Some(Tokens::new(nano)).filter(Tokens::is_valid)
        })
    }

    /// Returns the next value as 256 bits.
    ///
    /// Fails only when it is not an integer, is negative, or is larger.
    pub fn hash(&mut self) -> Result<HashBytes, StackError> {
        self.typed("a uint256", |value| {
            let (sign, bytes) = value.as_int()?.to_bytes_be();
            let start = 32usize.checked_sub(bytes.len())?;
            let mut hash = [0; 32];
            hash[start..].copy_from_slice(&bytes);
            (sign != num_bigint::Sign::Minus).then_some(HashBytes(hash))
        })
    }

    /// Returns the next value as an integer of any Rust type, or `None` for null.
    ///
    /// Fails only when it is neither, or does not fit.
    pub fn maybe_int<T: for<'b> TryFrom<&'b BigInt>>(&mut self) -> Result<Option<T>, StackError> {
        if self.is_null() {
            return self.next().map(|_| None);
        }
        self.int().map(Some)
    }

    /// Returns the next value as 256 bits, or `None` for null.
    ///
    /// Fails only when it is neither.
    pub fn maybe_hash(&mut self) -> Result<Option<HashBytes>, StackError> {
        if self.is_null() {
            return self.next().map(|_| None);
        }
        self.hash().map(Some)
    }

    fn is_null(&self) -> bool {
        let value = self.items.get(self.index);
        value.is_some_and(|value| value.raw_ty() == StackValueType::Null as u8)
    }

    /// Returns the next value as a cell.
    ///
    /// Fails only when it is not a cell.
    pub fn cell(&mut self) -> Result<Cell, StackError> {
        self.typed("a cell", |value| value.as_cell().cloned())
    }

    /// Returns the next value as a cell, or `None` for null.
    ///
    /// Fails only when it is neither.
    pub fn maybe_cell(&mut self) -> Result<Option<Cell>, StackError> {
        self.typed("a cell or null", |value| match value.raw_ty() {
            ty if ty == StackValueType::Null as u8 => Some(None),
            _ => value.as_cell().cloned().map(Some),
        })
    }

    /// Returns the next value as a dictionary.
    ///
    /// Fails only when it is neither null nor a cell.
    pub fn dict<K, V>(&mut self) -> Result<Dict<K, V>, StackError> {
        Ok(Dict::from_raw(self.maybe_cell()?))
    }

    /// Returns the next value as a cell that holds a `T`.
    ///
    /// Fails only when it is not a cell, or does not parse.
    pub fn parse<T: for<'b> Load<'b>>(&mut self) -> Result<T, StackError> {
        let index = self.index;
        let cell = self.cell()?;
        cell.parse::<T>()
            .map_err(|source| StackError::Parse { index, source })
    }

    /// Returns the next value as an address.
    ///
    /// Fails only when it is not a slice, or holds no standard address.
    pub fn addr(&mut self) -> Result<StdAddr, StackError> {
        let index = self.index;
        let slice = self.typed("an address", |value| value.as_cell_slice())?;
        StdAddr::load_from(&mut slice.apply()).map_err(|source| StackError::Parse { index, source })
    }
}
