//! Results of a method as JSON.

use num_bigint::{BigInt, Sign};
use serde_json::{Value, json};
use tycho_types::boc::Boc;
use tycho_types::cell::{Cell, CellBuilder};
use tycho_vm::{RcStackValue, StackValueType};

use super::{MAX_DEPTH, MAX_VALUES};
use crate::error::ApiError;
use crate::params::base64;

/// Maximum number of cells in a result, counted again for each value, since a repeated value is written repeatedly.
/// About 9 MB of text.
const MAX_CELLS: usize = 50_000;

/// Form of the values of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Pairs with short names, in which slices and builders are cells: what old clients can read.
    Short,
    /// Objects, as inside tuples.
    Long,
}

/// Formats a result as JSON, in order.
///
/// Fails only when it contains a value without a JSON form, or too many.
pub fn write(stack: &[RcStackValue], form: Form) -> Result<Value, ApiError> {
    let mut budget = Budget {
        values: MAX_VALUES,
        cells: MAX_CELLS,
    };
    let values = stack.iter().map(|value| match form {
        Form::Short => write_short(value, &mut budget),
        Form::Long => write_long(value, 0, &mut budget),
    });
    Ok(Value::Array(values.collect::<Result<_, _>>()?))
}

/// Remaining budget for the rest of a result.
struct Budget {
    values: usize,
    cells: usize,
}

impl Budget {
    fn value(&mut self) -> Result<(), ApiError> {
        let left = self.values.checked_sub(1);
        self.values = left.ok_or_else(|| unspeakable("too many values"))?;
        Ok(())
    }

    fn cell(&mut self, cell: Cell) -> Result<Cell, ApiError> {
        let stats = cell.compute_unique_stats(self.cells);
        let count = stats.and_then(|stats| usize::try_from(stats.cell_count).ok());
        let left = count.and_then(|count| self.cells.checked_sub(count));
        self.cells = left.ok_or_else(|| unspeakable("too many cells"))?;
        Ok(cell)
    }
}

/// A value, by its JSON form.
enum Shown {
    Number(BigInt),
    Cell(Cell),
    Slice(Cell),
    Tuple(Vec<Value>),
    List(Vec<Value>),
}

fn show(value: &RcStackValue, depth: usize, budget: &mut Budget) -> Result<Shown, ApiError> {
    if depth > MAX_DEPTH {
        return Err(unspeakable("tuples that are too deep in each other"));
    }
    budget.value()?;
    if let Some(number) = value.as_int() {
        return Ok(Shown::Number(number.clone()));
    }
    if let Some(cell) = value.as_cell() {
        return Ok(Shown::Cell(budget.cell(cell.clone())?));
    }
    if let Some(slice) = value.as_cell_slice() {
        let cell = CellBuilder::build_from(slice.apply())?;
        return Ok(Shown::Slice(budget.cell(cell)?));
    }
    if let Some(builder) = value.as_cell_builder() {
        // builders have no form in toncenter; as a cell, their content is not lost
        return Ok(Shown::Cell(budget.cell(builder.clone().build()?)?));
    }
    if value.raw_ty() == StackValueType::Null as u8 {
        return Ok(Shown::List(Vec::new()));
    }
    if let Some(tuple) = value.as_tuple() {
        if let Some(list) = as_list(tuple) {
            let values = list.into_iter().map(|v| write_long(v, depth + 1, budget));
            return Ok(Shown::List(values.collect::<Result<_, _>>()?));
        }
        let values = tuple.iter().map(|v| write_long(v, depth + 1, budget));
        return Ok(Shown::Tuple(values.collect::<Result<_, _>>()?));
    }
    Err(unspeakable("a continuation, or no number at all"))
}

/// The elements of a chain of pairs that ends in null.
fn as_list(tuple: &[RcStackValue]) -> Option<Vec<&RcStackValue>> {
    let mut elements = Vec::new();
    let mut rest = tuple;
    loop {
        let [head, tail] = rest else { return None };
        elements.push(head);
        if tail.raw_ty() == StackValueType::Null as u8 {
            return Some(elements);
        }
        if elements.len() > MAX_VALUES {
            return None;
        }
        rest = tail.as_tuple()?;
    }
}

fn write_short(value: &RcStackValue, budget: &mut Budget) -> Result<Value, ApiError> {
    Ok(match show(value, 0, budget)? {
        Shown::Number(number) => {
            let sign = if number.sign() == Sign::Minus {
                "-"
            } else {
                ""
            };
            json!([
                "num",
                format!("{sign}0x{}", number.magnitude().to_str_radix(16))
            ])
        }
        Shown::Cell(cell) | Shown::Slice(cell) => {
            json!(["cell", {"bytes": base64(Boc::encode(cell))}])
        }
        Shown::Tuple(elements) => json!(["tuple", {"@type": "tvm.tuple", "elements": elements}]),
        Shown::List(elements) => json!(["list", {"@type": "tvm.list", "elements": elements}]),
    })
}

fn write_long(value: &RcStackValue, depth: usize, budget: &mut Budget) -> Result<Value, ApiError> {
    Ok(match show(value, depth, budget)? {
        Shown::Number(number) => json!({
            "@type": "tvm.stackEntryNumber",
            "number": {"@type": "tvm.numberDecimal", "number": number.to_string()},
        }),
        Shown::Cell(cell) => json!({
            "@type": "tvm.stackEntryCell",
            "cell": {"@type": "tvm.cell", "bytes": base64(Boc::encode(cell))},
        }),
        Shown::Slice(cell) => json!({
            "@type": "tvm.stackEntrySlice",
            "slice": {"@type": "tvm.slice", "bytes": base64(Boc::encode(cell))},
        }),
        Shown::Tuple(elements) => json!({
            "@type": "tvm.stackEntryTuple",
            "tuple": {"@type": "tvm.tuple", "elements": elements},
        }),
        Shown::List(elements) => json!({
            "@type": "tvm.stackEntryList",
            "list": {"@type": "tvm.list", "elements": elements},
        }),
    })
}

fn unspeakable(what: &str) -> ApiError {
    ApiError::not_known(
        format!("the method returned {what}, which JSON has no form for"),
        "Call a method that returns less, or numbers, cells, slices and tuples.",
    )
}
