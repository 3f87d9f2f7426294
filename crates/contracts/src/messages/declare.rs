//! The macro that declares messages: struct, encoding, and what else the code and the clients know of them.

/// Declares messages, and a table with a [`MessageInfo`](super::MessageInfo) for each.
///
/// ```text
/// messages! {
///     /// Messages declared in this file.
///     TABLE;
///
///     /// What it asks for.
///     "#op code" Name: Sender => Receiver,        (of `Party`)
///     event "name" = "sentence" {                 (optional; `problem` instead of `event` for bad news)
///         /// What it is.
///         pub field: Type as amount,              (optional: a field of `MessageFacts` that it gives)
///     }
/// }
/// ```
macro_rules! messages {
    (
        $(#[$table_doc:meta])* $table:ident;
        $(
            $(#[$doc:meta])*
            $tag:literal $name:ident: $sender:ident => $receiver:ident
            $(, $tone:ident $event:literal = $sentence:literal)?
            { $( $(#[$field_doc:meta])* pub $field:ident: $ty:ty $(as $fact:ident)?, )* }
        )*
    ) => {
        $(
            $crate::messages::declare::encoded! {
                $(#[$doc])*
                $tag $name { $( $(#[$field_doc])* pub $field: $ty, )* }
            }

            impl $crate::messages::Message for $name {
                const OP: u32 = $crate::messages::op_of($tag);
                const NAME: &'static str = stringify!($name);

                fn facts(&self) -> $crate::messages::MessageFacts {
                    #[allow(unused_mut, reason = "a message without facts")]
                    let mut facts = $crate::messages::MessageFacts::default();
                    $( $( facts.$fact = $crate::messages::AsFact::fact(&self.$field); )? )*
                    facts
                }
            }
        )*

        $(#[$table_doc])*
        pub(super) const $table: &[$crate::messages::MessageInfo] = &[$(
            $crate::messages::MessageInfo {
                event: $crate::messages::declare::event!($($tone $event $sentence)?),
                fields: &[$((stringify!($field), stringify!($ty)),)*],
                ..$crate::messages::MessageInfo::of::<$name>(
                    $crate::messages::Party::$sender,
                    $crate::messages::Party::$receiver,
                )
            },
        )*];
    };
}
pub(crate) use messages;

/// A struct with its encoding; the derive macros know no empty braces.
macro_rules! encoded {
    ($(#[$doc:meta])* $tag:literal $name:ident {}) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
        #[tlb(tag = $tag)]
        pub struct $name;
    };
    ($(#[$doc:meta])* $tag:literal $name:ident { $($fields:tt)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
        #[tlb(tag = $tag)]
        pub struct $name { $($fields)* }
    };
}
pub(crate) use encoded;

/// The event of a message, if it has one.
macro_rules! event {
    () => {
        None
    };
    (event $name:literal $sentence:literal) => {
        Some(&$crate::messages::MessageEvent {
            name: $name,
            sentence: $sentence,
            is_problem: false,
        })
    };
    (problem $name:literal $sentence:literal) => {
        Some(&$crate::messages::MessageEvent {
            name: $name,
            sentence: $sentence,
            is_problem: true,
        })
    };
}
pub(crate) use event;
