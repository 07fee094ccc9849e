/// What walking along the chain over the audit log found (P14).
package struct AuditChain: Sendable, Hashable {
    /// Entries whose seals are right.
    package private(set) var checked = 0
    /// The last right link: who writes both down can say later that nothing before was changed.
    package private(set) var head: Link?
    /// The first thing that is wrong; nothing behind it was looked at.
    package private(set) var fault: Fault?
    /// Entries that wait for the next sealing.
    package var unsealed = 0

    package struct Link: Sendable, Hashable {
        package let number: Int64
        package let digest: Digest

        package init(number: Int64, digest: Digest) {
            self.number = number
            self.digest = digest
        }
    }

    package enum Fault: Sendable, Hashable {
        /// The chain goes on with a later number.
        case sealMissing(number: Int64)
        /// It does not continue the link before.
        case sealBroken(number: Int64)
        case entryMissing(Int64)
        /// It is not what was sealed.
        case entryChanged(Int64)
        /// It was written, and taken away before it was sealed.
        case entryLost(Int64)
    }

    package init() {}

    /// Goes on along the next links, in their order; stops at the first fault.
    package mutating func walk(_ links: [SealedEntry]) {
        for link in links where fault == nil {
            let next = (head?.number ?? 0) + 1
            if link.number != next {
                fault = .sealMissing(number: next)
            } else if link.previous != head?.digest ?? Digest(bytes: [UInt8](repeating: 0, count: 32)) {
                fault = .sealBroken(number: link.number)
            } else if let entry = link.entry {
                guard entry.id == link.entryID, entry.digest(after: link.previous) == link.digest else {
                    fault = .entryChanged(link.entryID)
                    return
                }
                checked += 1
                head = Link(number: link.number, digest: link.digest)
            } else {
                fault = .entryMissing(link.entryID)
            }
        }
    }

    /// Entries that are known to have been there and were never sealed.
    package mutating func note(lost: [Int64]) {
        if fault == nil, let first = lost.min() { fault = .entryLost(first) }
    }
}

extension SealedEntry.Content {
    /// As the database makes it when it seals: the bytes of the link before, then every value in its one spelling.
    package func digest(after previous: Digest) -> Digest {
        var encoder = CanonicalEncoder()
        encoder.append("curfew audit 1")
        encoder.append(Int(id))
        encoder.append(at)
        encoder.append(actor)
        encoder.append(event)
        for reference in [environment, plan] {
            // An absent number is spelled as an absent text.
            if let reference { encoder.append(Int(reference)) } else { encoder.append(nil as String?) }
        }
        encoder.append(details)
        return Digest(of: previous.bytes + encoder.bytes)
    }
}
