import Foundation

extension Judgement {
    /// Of everything that it says: what is written down only where it differs is told apart by this.
    ///
    /// The stored trace itself does not tell: the database keeps JSON in a spelling of its own.
    package var digest: Digest {
        var encoder = CanonicalEncoder()
        encoder.append(verdict.rawValue)
        encoder.append(reason)
        encoder.append(policy)
        encoder.append(verdictClass?.rawValue)
        trace.append(to: &encoder)
        encoder.append(changesAt)
        encoder.append(changesTo?.rawValue)
        encoder.append(hint)
        encoder.append(list: reports) { $0.append($1) }
        return encoder.digest
    }
}

extension Trace {
    fileprivate func append(to encoder: inout CanonicalEncoder) {
        encoder.append(clause)
        encoder.append(truth.rawValue)
        encoder.append(saw)
        encoder.append(since)
        encoder.append(changesAt)
        encoder.append(change)
        encoder.append(meansKeep)
        encoder.append(decided)
        encoder.append(list: parts) { $1.append(to: &$0) }
    }
}
