//! Param 200 has the same fields in Rust, in the schema, in the contracts and in the specification.

use crate::common;

use ddvs_contracts::params::{DdvsParams, Limits, Source, Unit};

/// `name: type` of each field.
fn fields() -> Vec<(String, String, u16)> {
    let fields = DdvsParams::FIELDS.iter();
    let fields = fields.map(|field| {
        (
            field.schema_name().to_owned(),
            field.tolk_name(),
            field.bits,
        )
    });
    fields.collect()
}

#[test]
fn the_schema_has_these_fields() {
    let schema = common::read("contracts/schema.tlb");
    let line = schema.split("ddvs_params#ddf5 ").nth(1).unwrap();
    let line = line.split("= DdvsParams;").next().unwrap();
    let found: Vec<_> = line.split_whitespace().map(str::to_owned).collect();
    let own = fields().into_iter().map(|(name, _, bits)| match bits {
        1 => format!("{name}:Bool"),
        bits => format!("{name}:uint{bits}"),
    });
    assert_eq!(found, own.collect::<Vec<_>>());
}

#[test]
fn the_contracts_have_these_fields() {
    let source = common::read("contracts/shared/params.tolk");
    let body = source.split("struct Limits {").nth(1).unwrap();
    let body = body.split('}').next().unwrap();
    let lines = body
        .lines()
        .map(|line| line.split("//").next().unwrap().trim());
    let found: Vec<_> = lines.filter(|line| !line.is_empty()).collect();
    let own = fields().into_iter().map(|(_, name, bits)| match bits {
        1 => format!("{name}: bool"),
        bits => format!("{name}: uint{bits}"),
    });
    assert_eq!(found, own.collect::<Vec<_>>());
}

/// A number in groups of three digits.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn table() -> String {
    let limits = Limits::default();
    let mut table = "| field | unit | default | meaning |\n|---|---|---|---|\n".to_owned();
    for field in DdvsParams::FIELDS {
        let default = match (field.source, limits.get(field.name)) {
            (Source::Limit, Some(nano)) if field.unit == Unit::Nano => {
                format!("{} coins", grouped(nano / 1_000_000_000))
            }
            (Source::Limit, Some(number)) => grouped(number),
            (Source::Limit, None) => panic!("{} has no default", field.name),
            (Source::Price, _) => "computed".to_owned(),
            (Source::Engine, _) => "by the engine".to_owned(),
        };
        let (name, unit, doc) = (
            field.tolk_name(),
            field.unit.sign().unwrap_or_default(),
            field.doc.trim(),
        );
        table += &format!("| `{name}` | {unit} | {default} | {doc} |\n");
    }
    table
}

const BEGIN: &str = "<!-- param 200: from crates/contracts/src/params/table.rs -->\n";
const END: &str = "<!-- end of param 200 -->";

/// `UPDATE_SNAPSHOTS=1 cargo test -p ddvs-contracts` writes the table anew.
#[test]
fn the_specification_has_these_fields() {
    let spec = common::read("docs/protocol.md");
    let (before, rest) = spec.split_once(BEGIN).unwrap();
    let (found, after) = rest.split_once(END).unwrap();
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        let spec = format!("{before}{BEGIN}{}{END}{after}", table());
        std::fs::write(common::repo("docs/protocol.md"), spec).unwrap();
        return;
    }
    assert_eq!(found, table());
}
