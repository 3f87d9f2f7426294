//! What a user of any ddvs network needs: the network seam, typed handles, signing and message following.
