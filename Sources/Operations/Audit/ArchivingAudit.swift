package import Core
package import Foundation

/// `curfew audit --archive FILE`: copies the chain with every entry it covers, so that it can be verified without the
/// database.
///
/// Nothing leaves the log: it only grows (P14).
package struct ArchivingAudit: Sendable {
    let store: any SealStore
    let page: Int

    package init(_ store: any SealStore, page: Int = 5_000) {
        self.store = store
        self.page = page
    }

    /// Gives each line to `write`, from the first seal on; ends at the first entry that was written at `before` or later.
    ///
    /// - Returns: the chain as far as it was copied. Each link is calculated anew; a fault is a problem.
    package func run(before: Date?, write: (Data) throws -> Void) async throws(Problem) -> AuditChain {
        try await reporting {
            var chain = AuditChain()
            while true {
                let links = try await store.sealed(after: chain.head?.number ?? 0, limit: page)
                let copied = links.prefix { link in
                    guard let before, let entry = link.entry else { return true }
                    return entry.at < before
                }
                chain.walk(Array(copied))
                if chain.fault != nil {
                    throw Problem(
                        .data,
                        "the audit log is not as it was sealed: nothing was archived",
                        advice: "see: curfew audit --verify"
                    )
                }
                for link in copied {
                    guard var line = ArchivedEntry.line(link) else {
                        throw Problem(.bug, "entry \(link.entryID) cannot be written as JSON")
                    }
                    line.append(UInt8(ascii: "\n"))
                    try write(line)
                }
                if links.isEmpty || copied.count < links.count { return chain }
            }
        }
    }
}

/// `curfew audit --verify --archive FILE`: the copy alone, and beside the database.
package struct VerifyingArchive: Sendable {
    let store: any SealStore

    package init(_ store: any SealStore) { self.store = store }

    package struct Outcome: Sendable, Hashable {
        package var chain: AuditChain
        /// The first line that is no entry, counted from 1.
        package var unreadable: Int?
        /// The database has another seal, or none, where the copy ends; nil where the copy holds nothing.
        package var continues: Bool?

        package var isRight: Bool { chain.fault == nil && unreadable == nil && continues == true }
    }

    package func run(_ archive: Data) async throws(Problem) -> Outcome {
        var outcome = Outcome(chain: AuditChain())
        for (index, line) in archive.split(separator: UInt8(ascii: "\n")).enumerated() {
            guard let link = ArchivedEntry.link(line) else {
                outcome.unreadable = index + 1
                break
            }
            outcome.chain.walk([link])
            if outcome.chain.fault != nil { break }
        }
        guard let head = outcome.chain.head else { return outcome }
        let link = try await reporting { try await store.sealed(after: head.number - 1, limit: 1) }.first
        outcome.continues = link?.number == head.number && link?.digest == head.digest
        return outcome
    }
}
