//! Exit codes and reject reasons, with advice for each. `docs/errors.md` has the same tables.

macro_rules! codes {
    ($(#[$doc:meta])* $type:ident: $repr:ty { $($variant:ident = $code:literal, $name:literal, $meaning:literal, $advice:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $type {
            $(#[doc = $meaning] $variant,)*
        }

        impl $type {
            /// All values, in the order of their codes.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Returns the value with this code.
            pub fn from_code(code: $repr) -> Option<Self> {
                match code {
                    $($code => Some(Self::$variant),)*
                    _ => None,
                }
            }

            /// Returns its code.
            pub const fn code(self) -> $repr {
                match self { $(Self::$variant => $code,)* }
            }

            /// Returns its name in `contracts/shared/errors.tolk`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Returns a description of the error.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)* }
            }

            /// Returns advice on how to resolve it.
            pub const fn advice(self) -> &'static str {
                match self { $(Self::$variant => $advice,)* }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{} {}: {} {}", self.code(), self.name(), self.meaning(), self.advice())
            }
        }
    };
}

codes! {
    /// Why a contract refused a message. Nothing changed, and the remaining value came back.
    ExitCode: i32 {
        NotOwner = 401, "ERR_NOT_OWNER", "The sender is not the owner.", "Send it from the owner's account.";
        NotAuthenticRoot = 402, "ERR_NOT_AUTHENTIC_ROOT", "The Root's address does not follow from the accepted code and these terms.", "Check the address and the terms; do not stake with it.";
        NotAuthenticWallet = 403, "ERR_NOT_AUTHENTIC_WALLET", "The sender is not the DePool Wallet of the owner it names.", "Only DePool Wallets of this network may ask; deploy one with DeployWallet.";
        NotDElector = 404, "ERR_NOT_DELECTOR", "The sender is not the Root's D'Elector.", "Nothing: only the D'Elector may send this.";
        WrongChain = 405, "ERR_WRONG_CHAIN", "The account lives on another chain than its static data name, or the chain named does not exist.", "Deploy it on the right chain, or name one that exists.";
        TooLittleValue = 406, "ERR_TOO_LITTLE_VALUE", "The attached value does not pay for the whole path.", "Attach more; what is not used comes back. Param 200 contains the prices.";
        NotStarted = 407, "ERR_NOT_STARTED", "The D'Elector has only its static data so far.", "Wait until it has been started.";
        WalletInMasterchain = 408, "ERR_WALLET_IN_MASTERCHAIN", "Wallets of the masterchain hold no stakes.", "Deploy the wallet on a workchain; its owner may be in the masterchain.";
        NotEnoughFree = 420, "ERR_NOT_ENOUGH_FREE", "The wallet has fewer free coins than that.", "Deposit more, or take less; the `balances` getter returns how many are free, and how many can be staked.";
        TooManyPositions = 421, "ERR_TOO_MANY_POSITIONS", "The wallet has positions with 16 Roots.", "Leave one of them first.";
        NoPosition = 422, "ERR_NO_POSITION", "The wallet has no coins with this Root.", "Check the Root's address.";
        NotEnoughStaked = 423, "ERR_NOT_ENOUGH_STAKED", "Fewer coins are staked with this Root.", "Unstake less; after a slash, settle first.";
        TooManyUnlocks = 424, "ERR_TOO_MANY_UNLOCKS", "Eight amounts with this Root are unlocking.", "Send Settle once the first is due, then unstake.";
        ZeroAmount = 425, "ERR_ZERO_AMOUNT", "The amount is zero.", "Specify an amount.";
        UnexpectedAnswer = 426, "ERR_UNEXPECTED_ANSWER", "No request to the sender is pending.", "Nothing: only Roots with a pending request may answer.";
        AnswerPending = 427, "ERR_ANSWER_PENDING", "The Root has not answered an earlier request of this kind.", "Wait for the answer, then retry.";
        BadProof = 440, "ERR_BAD_PROOF", "The signature is not a valid one by the key over this Root's address.", "Sign the possession bytes of this network and this Root with the key.";
        Closed = 441, "ERR_CLOSED", "The Root is closed.", "Deploy another one.";
        Removed = 442, "ERR_REMOVED", "The validator was removed for misbehaviour.", "Nothing: the removal of the Root and its key is permanent.";
        NothingToSync = 443, "ERR_NOTHING_TO_SYNC", "The D'Elector counts what it should.", "Nothing.";
        BadTerms = 444, "ERR_BAD_TERMS", "The network does not allow the Root's terms.", "Deploy a Root with periods and a minimum stake within the limits of param 200.";
        UnexpectedSeq = 445, "ERR_UNEXPECTED_SEQ", "The answer does not match an update in flight.", "Report it: an authentic D'Elector answers each update once.";
        Totals = 446, "ERR_TOTALS", "A wallet requests more than the Root counts for its chain, or sends more than can exist.", "Report it: authentic wallets cannot.";
        NoSurplus = 447, "ERR_NO_SURPLUS", "The Root has no more than it must keep.", "Nothing.";
        BadKey = 449, "ERR_BAD_KEY", "The key is of small order, or one of two encodings of a point: its signatures prove nothing.", "Make a key with an ordinary tool, such as `ddvs key new`.";
        RootInMasterchain = 460, "ERR_ROOT_IN_MASTERCHAIN", "A Root does not work in the masterchain.", "Deploy it in a workchain.";
        UnknownRootCode = 461, "ERR_UNKNOWN_ROOT_CODE", "The Root's code is not an accepted one.", "Deploy a Root with a code of param 201.";
        NotPeer = 462, "ERR_NOT_PEER", "The sender is not a D'Elector of this network.", "Nothing: only copies may send this.";
        NotSelf = 463, "ERR_NOT_SELF", "The sender is not the D'Elector itself.", "Nothing: it sends this to itself.";
        EvidenceForged = 464, "ERR_EVIDENCE_FORGED", "A signature is not the key's, or both votes are for one value.", "Submit two votes for different values, both signed by the key.";
        EvidenceUnknownKey = 465, "ERR_EVIDENCE_UNKNOWN_KEY", "The key is not registered on this chain, or left longer ago than the evidence window.", "Send it to the D'Elector of the chain where the validator is registered, in time.";
        EvidenceTwice = 466, "ERR_EVIDENCE_TWICE", "The key is removed, or the removal of its Root is in progress.", "Nothing: one offence is punished once. The removal of one of the last validators waits until others have joined.";
        NotExpired = 468, "ERR_NOT_EXPIRED", "Evidence against the key can still be submitted, or evidence against its Root is pending.", "Wait until the evidence window has passed since it left.";
        MalformedBatch = 470, "ERR_MALFORMED_BATCH", "The batch cannot be read.", "Report it: only a captured origin sends such a batch.";
        QueueFull = 471, "ERR_QUEUE_FULL", "Too many changes wait for a batch.", "Send it again later.";
        NothingToPublish = 472, "ERR_NOTHING_TO_PUBLISH", "Param 34 is up to date.", "Nothing.";
        Interval = 473, "ERR_INTERVAL", "The last set is too recent, or the new one too small.", "Wait until the interval of param 200 has passed, and until `leastSet` validators are in the set.";
        ReserveSpent = 474, "ERR_RESERVE_SPENT", "The D'Elector has less than its reserve, or the Root less than half of its own.", "Refill it by a plain transfer; anyone may.";
        UnknownChain = 475, "ERR_UNKNOWN_CHAIN", "The network has no such chain.", "Check the chain.";
        NothingToAsk = 476, "ERR_NOTHING_TO_ASK", "The copy neither lacks this content nor needs to know where other copies counted it.", "Nothing.";
        TooManyVotes = 477, "ERR_TOO_MANY_VOTES", "The message holds more than 8 votes.", "Nothing: only copies may vote, and send 8 at a time.";
        TooManyRemoved = 478, "ERR_TOO_MANY_REMOVED", "As many Roots of this chain were removed as its registry has room for.", "Nothing: the chain needs a new network, or is captured.";
        UnknownOp = 0xffff, "ERR_UNKNOWN_OP", "The contract does not know this message.", "Check the op code against schema.tlb.";
    }
}

codes! {
    /// Why a request was answered with a refusal. The request is undone, and the remaining value came back.
    Reason: u8 {
        RegistryFull = 1, "REASON_REGISTRY_FULL", "The chain's registry has no room for another Root.", "Wait for one to leave, or register in another workchain.";
        KeyTaken = 2, "REASON_KEY_TAKEN", "Another Root of the network holds the key, or held it recently.", "Register another key.";
        KeyRemoved = 3, "REASON_KEY_REMOVED", "The key was removed for misbehaviour.", "Register another key with another Root.";
        StakeTooSmall = 4, "REASON_STAKE_TOO_SMALL", "The stake is below the network's minimum for a validator.", "Stake more.";
        StakeTooLarge = 5, "REASON_STAKE_TOO_LARGE", "The stake is above the network's maximum for a validator.", "Stake with another Root.";
        QueueFull = 8, "REASON_QUEUE_FULL", "Too many changes wait for a batch.", "Retry later with SyncStake.";
        BadProof = 9, "REASON_BAD_PROOF", "The key has not consented to validate for this Root.", "Register the key again with its signature.";
        NotRegistered = 10, "REASON_NOT_REGISTERED", "The Root is not in the registry.", "Nothing: its stake is not counted anyway.";
        Removed = 11, "REASON_REMOVED", "The validator was removed for misbehaviour.", "Nothing: the removal is permanent.";
        UnlockTooShort = 12, "REASON_UNLOCK_TOO_SHORT", "The Root's coins would be free before evidence can be submitted.", "Deploy a Root with a longer unlock period; param 200 contains the minimum.";
        BadKey = 13, "REASON_BAD_KEY", "The key is of small order, or one of two encodings of a point: its signatures prove nothing.", "Make a key with an ordinary tool, such as `ddvs key new`.";
        TooManyKeys = 14, "REASON_TOO_MANY_KEYS", "The Root has retired three keys that have not been purged.", "Purge one once the evidence window has passed since it was retired, then retry.";
        BadTerms = 15, "REASON_BAD_TERMS", "The network does not allow the Root's terms.", "Deploy, or stake with, a Root whose periods and minimum stake are within the limits of param 200.";
        TooClose = 16, "REASON_TOO_CLOSE", "The first bits of the Root's id, or of the key, are those of too many others of the chain.", "Register another key; if that does not help, deploy another Root, with another nonce.";
        BelowMinStake = 32, "REASON_BELOW_MIN_STAKE", "The stake is below the Root's minimum.", "Stake more.";
        Closed = 33, "REASON_CLOSED", "The Root is closed.", "Stake with another one.";
        RootRemoved = 34, "REASON_ROOT_REMOVED", "The validator was removed for misbehaviour.", "Stake with another Root; settle if you have coins with this one.";
        TooLittleValue = 35, "REASON_TOO_LITTLE_VALUE", "Too little value was left when the request arrived.", "Attach more; what is not used comes back.";
        Locked = 36, "REASON_LOCKED", "The lock of the stake has not ended.", "Wait until then, or take less; the wallet's `position` getter returns how much is locked until when.";
        StillCounted = 37, "REASON_STILL_COUNTED", "The D'Elector still counts these coins.", "Settle again a little later; with enough value, this also repeats the request to the D'Elector.";
        Bounced = 38, "REASON_BOUNCED", "The D'Elector could not handle the Root's update.", "Attach more; if it persists, the Root's code is no longer accepted.";
        StillSlashable = 39, "REASON_STILL_SLASHABLE", "The coins counted recently, and stay slashable for the whole unlock period.", "Settle again at the time that the answer names.";
    }
}

/// A failure for which virtual machines have different exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DifferentCodes {
    /// The code of Tycho's virtual machine: on embedded networks and Tycho nodes.
    pub here: i32,
    /// The code of TON's virtual machine.
    pub on_ton: i32,
}

/// The exit code where an address is not of the kind that a contract expects.
pub const UNREADABLE_ADDRESS: DifferentCodes = DifferentCodes {
    here: 12,
    on_ton: 9,
};

/// Returns the tables of `docs/errors.md`.
pub fn errors_markdown() -> String {
    let mut text = String::from(
        "# Exit codes and reject reasons\n\n\
         An exit code is an immediate refusal: nothing changed, and the remaining value came back.\n\
         A reject reason comes with an answer: the request is undone.\n\n\
         ## Exit codes\n\n| code | name | what has happened | what to do |\n|---|---|---|---|\n",
    );
    let row = |code: String, name: &str, meaning: &str, advice: &str| {
        format!("| {code} | `{name}` | {meaning} | {advice} |\n")
    };
    for e in ExitCode::ALL {
        text.push_str(&row(
            e.code().to_string(),
            e.name(),
            e.meaning(),
            e.advice(),
        ));
    }
    text.push_str("\n## Reject reasons\n\n| code | name | what has happened | what to do |\n|---|---|---|---|\n");
    for r in Reason::ALL {
        text.push_str(&row(
            r.code().to_string(),
            r.name(),
            r.meaning(),
            r.advice(),
        ));
    }
    text.push_str(&virtual_machine());
    text
}

/// Returns what `docs/errors.md` says about codes that are not the contracts'.
fn virtual_machine() -> String {
    let DifferentCodes { here, on_ton } = UNREADABLE_ADDRESS;
    format!(
        "\n## Codes of the virtual machine\n\n\
         Codes below 256 come from the virtual machine, for example 9 for a message that ends too early, or -14 for gas that ran out.\n\
         TON documents them; one differs between engines:\n\n\
         | what cannot be read | embedded networks and Tycho nodes | TON's virtual machine, as in `@ton/sandbox` |\n|---|---|---|\n\
         | an address that is none, external or variable, where the contracts expect a standard one | {here} (fatal error) | {on_ton} (cell underflow) |\n\n\
         So a tool that shows reasons should treat {here} like {on_ton}: the message is malformed, nothing changed, and the remaining value came back.\n"
    )
}
