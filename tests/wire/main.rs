//! The network: headers, errors, limits, faults; secrets and callbacks.
