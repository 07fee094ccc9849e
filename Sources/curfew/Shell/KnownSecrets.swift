import Foundation
import Synchronization

/// Every secret that this process fetched, whoever asked for it: what others say may repeat any of them (P17).
final class KnownSecrets: Sendable {
    private let texts = Mutex<Set<String>>([])

    func note(_ secret: String) { texts.withLock { _ = $0.insert(secret) } }

    /// The text without any of them, as they are or in the guises that programs print.
    func masked(_ text: String) -> String {
        let known = texts.withLock(\.self)
        let guises = known.flatMap { secret in
            [
                secret, Data(secret.utf8).base64EncodedString(),
                secret.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? secret,
                secret.addingPercentEncoding(withAllowedCharacters: .urlQueryAllowed) ?? secret,
            ]
        }
        // Of an address that is a secret each longer part is one.
        let parts = known.filter { $0.contains("://") }.flatMap { address in
            address.split(whereSeparator: { "/?#&=@:".contains($0) }).dropFirst(2).filter { $0.count >= 6 }.map(
                String.init
            )
        }
        // The longest first: one may be part of another.
        return Set(guises + parts).sorted { $0.count > $1.count }.reduce(text) { $0.replacing($1, with: "…") }
    }
}
