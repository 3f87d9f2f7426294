//! A run of the TVM that can be stopped between its steps.
//!
//! `VmState::run` cannot be stopped: its only limit is gas. This is the same loop over `VmState::step`, with the end
//! of a child (`RUNVM`) as in `tycho-vm` 0.3.7. A test compares both.

use num_bigint::BigInt;
use tycho_vm::{ParentVmState, SafeRc, Stack, VmException, VmState};

/// Runs until the end, or until `goes_on` returns false; it gets the number of values on the stack before each step.
/// Returns `None` if it was stopped.
pub(crate) fn run(vm: &mut VmState<'_>, goes_on: &mut dyn FnMut(usize) -> bool) -> Option<i32> {
    if vm.throw_on_code_access {
        return Some(i32::from(VmException::Fatal as u8));
    }
    loop {
        let Some(mut result) = run_one(vm, goes_on) else {
            forget_parents(vm);
            return None;
        };
        loop {
            let Some(parent) = vm.parent.take() else {
                return Some(result);
            };
            if return_to(vm, *parent, !result) {
                break;
            }
            vm.steps += 1;
            result = vm.throw_out_of_gas();
        }
    }
}

/// Runs a VM until it ends; it may start others meanwhile, and continues as the last one.
fn run_one(vm: &mut VmState<'_>, goes_on: &mut dyn FnMut(usize) -> bool) -> Option<i32> {
    let mut result = 0;
    while result == 0 {
        if !goes_on(vm.stack.depth()) {
            return None;
        }
        result = match vm.step() {
            Ok(result) => result,
            Err(cause) if cause.is_out_of_gas() => {
                vm.steps += 1;
                vm.throw_out_of_gas()
            }
            Err(cause) => {
                let exception = cause.as_exception();
                vm.steps += 1;
                match vm.throw_exception(exception as i32) {
                    Ok(result) => result,
                    Err(cause) if cause.is_out_of_gas() => {
                        vm.steps += 1;
                        vm.throw_out_of_gas()
                    }
                    Err(_) => return Some(exception.as_exit_code()),
                }
            }
        };
    }
    if result | 1 == -1 && !vm.try_commit() {
        vm.stack = SafeRc::new(Stack {
            items: vec![Stack::make_zero()],
        });
        return Some(VmException::CellOverflow.as_exit_code());
    }
    Some(result)
}

/// Continues in the VM that started the one that ended. Returns false when the gas does not suffice for that.
fn return_to<'a>(vm: &mut VmState<'a>, parent: ParentVmState<'a>, mut exit_code: i32) -> bool {
    let steps = vm.steps;
    vm.code = parent.code;
    let child_stack = std::mem::replace(&mut vm.stack, parent.stack);
    vm.signature_domains = parent.signature_domains;
    vm.cr = parent.cr;
    let committed = std::mem::replace(&mut vm.committed_state, parent.committed_state);
    vm.steps = steps + parent.steps;
    vm.quit0 = parent.quit0;
    vm.quit1 = parent.quit1;
    let gas = vm.gas.restore(parent.gas);
    vm.cp = parent.cp;
    vm.parent = parent.parent;

    let spent = gas.gas_consumed.min(gas.gas_limit.saturating_add(1));
    if vm.gas.try_consume(spent).is_err() {
        return false;
    }
    let stack = &mut SafeRc::make_mut(&mut vm.stack).items;
    let depth = child_stack.depth();
    let returned = match (exit_code, parent.return_values) {
        (0 | 1, Some(count)) if depth < count as usize => {
            exit_code = VmException::StackUnderflow.as_exit_code();
            stack.push(Stack::make_zero());
            0
        }
        (0 | 1, Some(count)) => count as usize,
        (0 | 1, None) => depth,
        _ => depth.min(1),
    };
    if vm.gas.try_consume_stack_depth_gas(returned).is_err() {
        return false;
    }
    stack.extend_from_slice(&child_stack.items[depth - returned..]);
    stack.push(SafeRc::new_dyn_value(BigInt::from(exit_code)));
    let (data, actions) = committed
        .map(|committed| (committed.c4, committed.c5))
        .unzip();
    let wanted = [(parent.return_data, data), (parent.return_actions, actions)];
    for (_, cell) in wanted.into_iter().filter(|(is_wanted, _)| *is_wanted) {
        stack.push(match cell {
            None => Stack::make_null(),
            Some(cell) => SafeRc::new_dyn_value(cell),
        });
    }
    if parent.return_gas {
        stack.push(SafeRc::new_dyn_value(BigInt::from(gas.gas_consumed)));
    }
    true
}

/// Drops the chain of waiting VMs one by one: each holds the next, and dropping all of them recursively would need as
/// many stack frames.
fn forget_parents(vm: &mut VmState<'_>) {
    while let Some(mut parent) = vm.parent.take() {
        vm.parent = parent.parent.take();
    }
}

#[cfg(test)]
mod tests {
    use tycho_asm_macros::tvmasm;
    use tycho_types::boc::Boc;
    use tycho_vm::{GasParams, RcStackValue};

    use super::*;

    fn vm(code: &[u8], gas: u64) -> VmState<'static> {
        VmState::builder()
            .with_code(Boc::decode(code).unwrap())
            .with_init_selector(false)
            .with_stack([RcStackValue::new_dyn_value(BigInt::from(7))])
            .with_gas(GasParams {
                max: gas,
                limit: gas,
                ..GasParams::getter()
            })
            .build()
    }

    /// All observable results of a finished run.
    fn seen(vm: &VmState<'_>, result: i32) -> (i32, u64, u64, String, Option<String>) {
        let committed = vm.committed_state.as_ref();
        (
            result,
            vm.steps,
            vm.gas.consumed(),
            vm.stack.display_dump(true).to_string(),
            committed.map(|committed| {
                format!("{} {}", committed.c4.repr_hash(), committed.c5.repr_hash())
            }),
        )
    }

    const PROGRAMS: &[&[u8]] = &[
        tvmasm!("INC INC"),
        tvmasm!("THROW 42"),
        tvmasm!("DROP INT 10 PUSHCONT { INC } REPEAT"),
        tvmasm!("PUSHCONT { THROW 5 } PUSHCONT { NIP INC } TRY INT 3"),
        tvmasm!("PUSHCONT { NOP } AGAIN"),
        tvmasm!("DROP DROP"),
        tvmasm!("RETALT"),
        // data that is too deep to be stored
        tvmasm!("NEWC ENDC INT 600 PUSHCONT { NEWC STREF ENDC } REPEAT POP c4"),
        // children: their results, failures and limits
        tvmasm!("INT 5 INT 2 PUSHSLICE { ADD INT 1 } RUNVM 0"),
        tvmasm!("INT 5 INT 2 PUSHSLICE { ADD THROW 9 } RUNVM 0"),
        tvmasm!("INT 0 PUSHSLICE { RETALT } RUNVM 0 ADD"),
        tvmasm!("INT 0 PUSHSLICE { PUSHCONT { NOP } AGAIN } INT 900 RUNVM 8 INT 1234"),
        tvmasm!("INT 0 PUSHSLICE { PUSHCONT { NOP } AGAIN } RUNVM 0 INT 1234"),
        tvmasm!("INT 0 PUSHSLICE { INT 1 INT 2 INT 3 } INT 2 RUNVM 256"),
        tvmasm!("INT 0 PUSHSLICE { INT 1 } INT 2 RUNVM 256"),
        tvmasm!(
            "INT 0 PUSHSLICE { NEWC ENDC POP c4 INT 9 COMMIT } NEWC INT 3 STUR 8 ENDC RUNVM 36"
        ),
        tvmasm!("INT 0 PUSHSLICE { THROW 8 } NEWC INT 3 STUR 8 ENDC RUNVM 36"),
        tvmasm!("INT 0 PUSHSLICE { INT 40 } INT 128 RUNVMX"),
        tvmasm!(
            "INT 0 PUSHSLICE { INT 0 PUSHSLICE { INT 0 PUSHSLICE { THROW 3 } RUNVM 0 INC } RUNVM 0 INC } RUNVM 0 INC"
        ),
    ];

    #[test]
    fn a_run_in_steps_is_the_same_run() {
        for (index, code) in PROGRAMS.iter().enumerate() {
            for gas in [1_000_000, 20_000, 500, 150, 60, 20] {
                let mut whole = vm(code, gas);
                let result = whole.run();
                let expected = seen(&whole, result);
                let mut stepped = vm(code, gas);
                let result = run(&mut stepped, &mut |_| true).unwrap();
                assert_eq!(
                    seen(&stepped, result),
                    expected,
                    "program {index}, gas {gas}"
                );
            }
        }
    }

    #[test]
    fn a_run_ends_when_it_is_told() {
        let mut left = 1_000;
        let mut stepped = vm(tvmasm!("PUSHCONT { NOP } AGAIN"), 1_000_000_000);
        let ended = run(&mut stepped, &mut |_| {
            left -= 1;
            left > 0
        });
        assert_eq!((ended, stepped.steps), (None, 999));
    }

    #[test]
    fn nested_parents_are_dropped_without_recursion() {
        // a continuation is no code, so the code comes as a slice: each child starts another one with it
        let mut stepped = vm(
            tvmasm!("DROP PUSHSLICE { DUP INT 1 SWAP RUNVM 0 } DUP INT 1 SWAP RUNVM 0"),
            1_000_000_000,
        );
        for _ in 0..1_000_000 {
            assert_eq!(stepped.step().unwrap(), 0);
        }
        let parents = std::iter::successors(stepped.parent.as_deref(), |p| p.parent.as_deref());
        assert!(parents.count() > 200_000);
        forget_parents(&mut stepped);
        assert!(stepped.parent.is_none());
    }
}
