//! A network from a TOML file: defaults, refusals, and that the described network starts.

use ddvs_client::Backend;
use ddvs_contracts::params::Unit;
use ddvs_embedded::EmbeddedNetwork;
use ddvs_ledger::DelayPlan;
use ddvs_types::COIN_U64;
use ddvs_zerostate::{Limits, SpecError, build, parse_toml};

const EXAMPLE: &str = include_str!("../../network.example.toml");

#[test]
fn the_example_starts() {
    let spec = parse_toml(EXAMPLE).expect("the example is sound");
    assert_eq!(spec.chain_ids(), [-1, 0, 1]);
    assert_eq!(spec.validators[1].terms.min_stake_nano, 10 * COIN_U64);
    let zerostate = build(&spec).expect("it describes a network");
    let mut network =
        EmbeddedNetwork::start(&zerostate, 1, DelayPlan::default()).expect("it starts");
    for _ in 0..6 {
        network.next_block().expect("no fault").expect("a block");
    }
    let set = &network.blocks_since(0, 10).expect("blocks")[0]
        .validator_set
        .set;
    assert_eq!(
        set.list.len(),
        2,
        "both validators are in the masterchain's set"
    );
}

#[test]
fn equal_files_give_equal_networks() {
    let genesis = |text: &str| {
        build(&parse_toml(text).expect("sound"))
            .expect("built")
            .network
            .genesis
    };
    assert_eq!(genesis(EXAMPLE), genesis(EXAMPLE));
    assert_ne!(
        genesis(EXAMPLE),
        genesis(&EXAMPLE.replace("stake = 100_000", "stake = 100_001"))
    );
    assert_ne!(
        genesis(EXAMPLE),
        genesis(&EXAMPLE.replace("name = \"example\"", "name = \"other\""))
    );
}

#[test]
fn everything_but_validators_has_a_default() {
    let spec = parse_toml("").expect("an empty file is a file");
    assert_eq!(spec.limits, Limits::default());
    assert!(matches!(
        build(&spec),
        Err(SpecError::TooFewValidators {
            chain: 0,
            found: 0,
            min: 3
        })
    ));
}

#[test]
fn unknown_keys_are_refused() {
    for text in [
        "chainz = [1]",
        "[limits]\nmax_validator = 3",
        "[prices]\ngas = 1",
        "[[validators]]\nchain = 0\nweight = 3",
    ] {
        let error = parse_toml(text).expect_err(text).to_string();
        assert!(error.contains("unknown field"), "{error}");
    }
}

#[test]
fn limits_that_do_not_fit_are_refused() {
    for (limit, why) in [
        (
            "max_batch = 300",
            "limits.max_batch = 300: it must fit in 8 bits",
        ),
        (
            "min_stake = 20_000_000_000",
            "is not an amount of whole coins",
        ),
        ("max_queue = -1", "invalid value"),
        ("max_batch = 9", "max_batch is 1 to 8"),
        ("slash_bp = 10_001", "slash_bp is at most 10,000"),
    ] {
        let spec = parse_toml(&format!("[limits]\n{limit}"));
        let error = spec
            .and_then(|spec| build(&spec).map(|_| ()))
            .expect_err(limit);
        assert!(error.to_string().contains(why), "{limit}: {error}");
    }
}

/// Each limit is read from the file, amounts in whole coins.
#[test]
fn every_limit_can_be_set() {
    for field in Limits::fields() {
        let spec = parse_toml(&format!("[limits]\n{} = 7", field.schema_name()));
        let number = spec.expect("it is a limit").limits.get(field.name);
        let unit = match field.unit {
            Unit::Nano => COIN_U64,
            _ => 1,
        };
        assert_eq!(number, Some(7 * unit), "{}", field.name);
    }
}

#[test]
fn invalid_values_are_refused_with_their_place() {
    let refused = |from: &str, to: &str| {
        assert!(EXAMPLE.contains(from), "{from} stands in the example");
        let spec = parse_toml(&EXAMPLE.replacen(from, to, 1));
        spec.and_then(|spec| build(&spec).map(|_| ()))
            .expect_err(to)
            .to_string()
    };
    assert!(refused("chain = 0", "chain = 7").contains("chain 7 is not a workchain"));
    assert!(refused("chain = 0", "chain = -1").contains("chain -1 is not a workchain"));
    assert!(refused("owner = \"0:11", "owner = \"0:zz").contains("validators.owner"));
    assert!(refused("key = \"a0", "key = \"zz").contains("validators.key"));
    assert!(refused("stake = 100_000", "stake = 9_999").contains("a stake of 9999000000000 nano"));
    assert!(refused("stake = 100_000", "stake = 99_999_999_999_999").contains("whole coins"));
    assert!(refused("workchains = [0, 1]", "workchains = [0, 1, 1]").contains("each once"));
    assert!(refused("workchains = [0, 1]", "workchains = [0, 1, 31]").contains("0 to 30"));
    assert!(refused("workchains = [0, 1]", "workchains = []").contains("at least one workchain"));
    assert!(
        refused("min_validators = 1", "min_validators = 2").contains("fewer than min_validators")
    );
    assert!(
        refused("evidence_window = 86_400", "evidence_window = 172_800")
            .contains("longer than evidence_window")
    );
    let twice = "0:3333333333333333333333333333333333333333333333333333333333333333\"\nbalance = 1\n[[accounts]]\naddress = \"0:3333333333333333333333333333333333333333333333333333333333333333";
    assert!(
        refused(
            "0:3333333333333333333333333333333333333333333333333333333333333333",
            twice
        )
        .contains("listed twice")
    );
}

#[test]
fn more_roots_than_there_is_room_for_are_refused() {
    let with = |max_roots: u32| {
        let text = EXAMPLE.replace("[limits]", &format!("[limits]\nmax_roots = {max_roots}"));
        assert_ne!(text, EXAMPLE);
        parse_toml(&text)
    };
    let most = Limits::most_roots(2);
    assert_eq!(with(most).expect("there is room").limits.max_roots, most);
    let refused = with(most + 1).expect_err("there is not").to_string();
    assert!(
        refused.contains("24501 is too many") && refused.contains("room for 24500"),
        "{refused}"
    );
}
