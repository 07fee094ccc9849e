package import Foundation

/// One line of an archive of the audit log: an entry with its seal, so that it can be verified without the database.
package enum ArchivedEntry {
    /// One line of JSON, without a line break.
    ///
    /// - Returns: nil for a link whose entry is missing, which no archive may paper over.
    package static func line(_ link: SealedEntry) -> Data? {
        guard let entry = link.entry else { return nil }
        let coded = Coded(
            seal: link.number,
            previous: link.previous.description,
            digest: link.digest.description,
            entry: entry.id,
            at: Int64((entry.at.timeIntervalSince1970 * 1_000_000).rounded()),
            actor: entry.actor,
            event: entry.event,
            environment: entry.environment,
            plan: entry.plan,
            details: entry.details
        )
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try? encoder.encode(coded)
    }

    /// Nil for what is no such line.
    package static func link(_ line: Data) -> SealedEntry? {
        guard let coded = try? JSONDecoder().decode(Coded.self, from: line),
            let previous = Digest(hex: coded.previous), let digest = Digest(hex: coded.digest)
        else { return nil }
        return SealedEntry(
            number: coded.seal,
            previous: previous,
            digest: digest,
            entryID: coded.entry,
            entry: SealedEntry.Content(
                id: coded.entry,
                at: Date(timeIntervalSince1970: Double(coded.at) / 1_000_000),
                actor: coded.actor,
                event: coded.event,
                environment: coded.environment,
                plan: coded.plan,
                details: coded.details
            )
        )
    }

    private struct Coded: Codable {
        let seal: Int64
        /// Of the seal before and of this one, SHA-256 in 64 hexadecimal digits.
        let previous: String
        let digest: String
        let entry: Int64
        /// Microseconds since 1970, as they are sealed.
        let at: Int64
        let actor: String
        let event: String
        let environment: Int64?
        let plan: Int64?
        /// As PostgreSQL spells them: the seal covers this very text.
        let details: String
    }
}

extension Digest {
    /// Of 64 hexadecimal digits.
    fileprivate init?(hex: String) {
        let digits = Array(hex.utf8)
        guard digits.count == 64 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let byte = UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(byte)
        }
        self.init(bytes: bytes)
    }
}
