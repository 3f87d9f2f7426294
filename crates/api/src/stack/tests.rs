use serde_json::json;
use tycho_types::boc::Boc;

use super::*;
use crate::params::base64;

fn cell() -> Cell {
    let mut builder = CellBuilder::new();
    builder.store_u32(0xdead_beef).unwrap();
    builder.store_reference(Cell::default()).unwrap();
    builder.build().unwrap()
}

fn boc() -> String {
    base64(Boc::encode(cell()))
}

/// Reads arguments and writes them as a result.
fn turned(stack: Value) -> Value {
    write(&read(&stack).unwrap(), Form::Short).unwrap()
}

#[test]
fn every_kind_of_value_round_trips() {
    let boc = boc();
    assert_eq!(turned(json!([["num", "-5"]])), json!([["num", "-0x5"]]));
    assert_eq!(
        turned(json!([["num", 7], ["int", "0xff"]])),
        json!([["num", "0x7"], ["num", "0xff"]])
    );
    let long = |stack: &Value| write(&read(stack).unwrap(), Form::Long).unwrap();
    for (name, kind) in [
        ("tvm.Cell", "cell"),
        ("tvm.Slice", "slice"),
        ("tvm.Builder", "builder"),
    ] {
        let expected = json!([["cell", {"bytes": boc}]]);
        assert_eq!(turned(json!([[name, boc]])), expected, "{kind}");
        // written values can be read again, and other servers write slices and builders as such
        assert_eq!(turned(expected.clone()), expected);
        assert_eq!(turned(json!([[kind, {"bytes": boc}]])), expected);
        let entry = match kind {
            "slice" => {
                json!([{"@type": "tvm.stackEntrySlice", "slice": {"@type": "tvm.slice", "bytes": boc}}])
            }
            _ => {
                json!([{"@type": "tvm.stackEntryCell", "cell": {"@type": "tvm.cell", "bytes": boc}}])
            }
        };
        assert_eq!(long(&json!([[name, boc]])), entry);
        assert_eq!(long(&entry), entry, "the long form keeps slices");
    }
    assert_eq!(
        turned(json!([["null"]])),
        json!([["list", {"@type": "tvm.list", "elements": []}]])
    );
}

#[test]
fn tuples_and_lists_are_nested() {
    let boc = boc();
    let nested = json!([[
        "tuple",
        [
            ["num", "1"],
            [
                "list",
                [
                    ["num", "2"],
                    ["tuple", [["tvm.Cell", boc], ["null"], ["tvm.Slice", boc]]]
                ]
            ],
            ["num", "3"]
        ]
    ]]);
    let written = turned(nested);
    let number = |n: &str| json!({"@type": "tvm.stackEntryNumber", "number": {"@type": "tvm.numberDecimal", "number": n}});
    let expected = json!([["tuple", {"@type": "tvm.tuple", "elements": [
        number("1"),
        {"@type": "tvm.stackEntryList", "list": {"@type": "tvm.list", "elements": [
            number("2"),
            {"@type": "tvm.stackEntryTuple", "tuple": {"@type": "tvm.tuple", "elements": [
                {"@type": "tvm.stackEntryCell", "cell": {"@type": "tvm.cell", "bytes": boc}},
                {"@type": "tvm.stackEntryList", "list": {"@type": "tvm.list", "elements": []}},
                {"@type": "tvm.stackEntrySlice", "slice": {"@type": "tvm.slice", "bytes": boc}},
            ]}},
        ]}},
        number("3"),
    ]}]]);
    assert_eq!(written, expected);
    assert_eq!(turned(expected.clone()), expected);
}

#[test]
fn a_list_is_a_chain_of_pairs() {
    let list = read(&json!([["list", [["num", "1"], ["num", "2"]]]])).unwrap();
    let [first, rest] = list[0].as_tuple().unwrap() else {
        panic!()
    };
    assert_eq!(first.as_int().unwrap(), &BigInt::from(1));
    let [second, end] = rest.as_tuple().unwrap() else {
        panic!()
    };
    assert_eq!(second.as_int().unwrap(), &BigInt::from(2));
    assert!(end.is_null());
    // a pair that ends in a list is a list too, since the two cannot be distinguished
    let longer = turned(json!([["tuple", [["num", "1"], ["list", [["num", "2"]]]]]]));
    assert_eq!(longer[0][1]["elements"].as_array().map(Vec::len), Some(2));
    // a pair that ends in a number is a tuple
    let pair = turned(json!([["tuple", [["num", "1"], ["num", "2"]]]]));
    assert_eq!(pair[0][0], "tuple");
}

#[test]
fn numbers_have_257_bits() {
    let most: BigInt = (BigInt::from(1) << 256_u32) - 1;
    let least: BigInt = -(BigInt::from(1) << 256_u32);
    for fits in [&most, &least] {
        let text = fits.to_string();
        let read = read(&json!([["num", text]])).unwrap();
        assert_eq!(read[0].as_int().unwrap(), fits);
    }
    let beyond: [BigInt; 2] = [most + 1, least - 1];
    for beyond in beyond {
        assert!(read(&json!([["num", beyond.to_string()]])).is_err());
    }
}

#[test]
fn nonsense_is_refused() {
    let deep = (0..100).fold(json!(["num", "1"]), |inner, _| json!(["tuple", [inner]]));
    let many: Vec<_> = (0..20_000).map(|_| json!(["num", "1"])).collect();
    let wrong = [
        json!({}),
        json!([1]),
        json!([["num"]]),
        json!([["num", ""]]),
        json!([["num", "0x"]]),
        json!([["num", "--1"]]),
        json!([["num", "1_0"]]),
        json!([["num", "9".repeat(1_000_000)]]),
        json!([["tvm.Cell", "nonsense"]]),
        json!([["cell", {}]]),
        json!([["cont", ""]]),
        json!([["tuple", 5]]),
        json!([{"@type": "nothing"}]),
        json!([deep]),
        json!(many),
        json!([["tuple", vec![json!(["null"]); 256]]]),
    ];
    for stack in wrong {
        let error = read(&stack).unwrap_err();
        assert!(!error.advice.is_empty());
    }
}

#[test]
fn a_result_that_is_too_deep_is_refused() {
    let deep = (0..100).fold(Stack::make_null(), |inner, _| {
        SafeRc::new_dyn_value(vec![inner, RcStackValue::new_dyn_value(BigInt::from(1))])
    });
    assert!(write(&[deep], Form::Short).is_err());
}

#[test]
fn a_cell_that_is_returned_again_and_again_is_counted_again() {
    let mut chain = Cell::default();
    for number in 0..200u32 {
        let mut builder = CellBuilder::new();
        builder.store_u32(number).unwrap();
        builder.store_reference(chain).unwrap();
        chain = builder.build().unwrap();
    }
    let value: RcStackValue = SafeRc::new_dyn_value(chain);
    let times = |count: usize| write(&vec![value.clone(); count], Form::Short);
    assert!(times(200).is_ok());
    let error = times(300).unwrap_err();
    assert_eq!(error.code, "not_known");
    assert!(error.message.contains("too many cells"), "{error}");
}
