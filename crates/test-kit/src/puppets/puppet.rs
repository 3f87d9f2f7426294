//! A contract that does what the body of its message says, for any sender.
//!
//! | op | rest of the body | effect |
//! |---|---|---|
//! | 1 | address, ^body | sends the whole value on, with that body, bounceable |
//! | 2 | - | throws 77 |
//! | 3 | mode:uint8, ^message, ^next | sends a message, continues with next |
//! | 4 | ^data | replaces its data |
//! | 5 | n:uint32 | loops n times |
//! | 6 | - | sends the value back to the sender |
//! | 7 | - | external: throws 55 before it accepts |
//! | 8 | address | sends its whole balance there and is deleted |
//!
//! Bounced messages and empty bodies are accepted without effect. An external message is accepted, except op 7; op 0
//! does nothing.

use std::sync::OnceLock;

use ddvs_types::ChainId;
use tycho_types::boc::Boc;
use tycho_types::cell::{Cell, CellBuilder, Store};
use tycho_types::models::StdAddr;
use tycho_types::prelude::CellFamily;

use super::{addr, internal};

/// The compiled code.
pub fn code() -> Cell {
    static CODE: OnceLock<Cell> = OnceLock::new();
    CODE.get_or_init(|| {
        Boc::decode(tycho_asm_macros::tvmasm!(
            r#"
            PUSHCONT { DUP PLDU 8 EQINT 7 THROWIF 55 ACCEPT } IF
            OVER CTOS PLDU 4 INT 1 AND IFRET
            DUP SDEMPTY IFRET
            LDU 8 SWAP
            DUP EQINT 3
            PUSHCONT {
                PUSHCONT {
                    DROP
                    LDU 8 LDREF LDREF DROP
                    ROTREV SWAP SENDRAWMSG
                    CTOS LDU 8 SWAP
                    DUP NEQINT 3
                } UNTIL
            } IF
            DUP EQINT 1
            PUSHCONT {
                DROP
                LDMSGADDR LDREF DROP
                INT 24 NEWC STU 6
                ROT STSLICER
                INT 1 SWAP STU 111
                STREF ENDC
                INT 64 SENDRAWMSG
            } IFJMP
            DUP EQINT 2
            PUSHCONT { THROW 77 } IFJMP
            DUP EQINT 4
            PUSHCONT { DROP LDREF DROP POP c4 } IFJMP
            DUP EQINT 5
            PUSHCONT { DROP LDU 32 DROP PUSHCONT { NOP } REPEAT } IFJMP
            DUP EQINT 6
            PUSHCONT {
                2DROP CTOS LDU 4 LDMSGADDR DROP NIP
                INT 16 NEWC STU 6
                SWAP STSLICER
                INT 0 SWAP STU 111
                ENDC
                INT 64 SENDRAWMSG
            } IFJMP
            DUP EQINT 8
            PUSHCONT {
                DROP
                LDMSGADDR DROP
                INT 16 NEWC STU 6
                SWAP STSLICER
                INT 0 SWAP STU 111
                ENDC
                INT 160 SENDRAWMSG
            } IFJMP
            "#
        ))
        .expect("the assembler makes a bag of cells")
    })
    .clone()
}

fn body(op: u8, rest: impl Store) -> Cell {
    CellBuilder::build_from((op, rest)).expect("it fits in a cell")
}

/// Does nothing.
pub fn nothing() -> Cell {
    body(0, ())
}

/// Sends the whole value through these accounts, one after the other; the last one keeps it.
pub fn forward(path: &[StdAddr]) -> Cell {
    match path {
        [] => Cell::empty_cell(),
        [next, rest @ ..] => body(1, (next, forward(rest))),
    }
}

/// Sends a message along each of these paths of chains, through account 2 on each. Values count up from `first_nano`, so that no two
/// messages are equal.
pub fn send_along(paths: &[Vec<ChainId>], first_nano: u128) -> Cell {
    let messages = (first_nano..).zip(paths).map(|(value_nano, path)| {
        let path: Vec<_> = path.iter().map(|&chain| addr(chain, 2)).collect();
        (1, internal(&path[0], value_nano, true, forward(&path[1..])))
    });
    send(&messages.collect::<Vec<_>>())
}

/// Throws an exception.
pub fn throw() -> Cell {
    body(2, ())
}

/// Sends messages with these modes, then does `last`.
pub fn send_then(messages: &[(u8, Cell)], last: Cell) -> Cell {
    messages.iter().rev().fold(last, |next, (mode, message)| {
        body(3, (*mode, message, next))
    })
}

/// Sends messages with these modes.
pub fn send(messages: &[(u8, Cell)]) -> Cell {
    send_then(messages, nothing())
}

/// Replaces its data.
pub fn set_data(data: Cell) -> Cell {
    body(4, data)
}

/// Burns gas in a loop of so many rounds.
pub fn burn(loops: u32) -> Cell {
    body(5, loops)
}

/// Sends the value back to its sender.
pub fn echo() -> Cell {
    body(6, ())
}

/// Throws before it accepts, so that an external message is refused.
pub fn refuse() -> Cell {
    body(7, ())
}

/// Sends its whole balance to an account, and is deleted.
pub fn give_all(to: &StdAddr) -> Cell {
    body(8, to)
}
