//! The agreement rules as a model that is searched exhaustively.
