import Foundation

/// An address that can lead to nothing but this machine: 127.0.0.0/8 written out, `::1`, or `localhost`.
///
/// A name such as `127.0.0.1.example.com` is none of it.
func isLoopback(host: String) -> Bool {
    let bare = host.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
    if bare == "localhost" || bare == "::1" { return true }
    let parts = bare.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127"
        && parts.allSatisfy { $0.allSatisfy(\.isASCIIDigit) && (Int($0).map { (0...255).contains($0) } ?? false) }
}

extension YAMLEntry {
    /// The name or address of a machine, without a scheme or a port.
    func host(example: String) -> String? {
        let letters = "abcdefghijklmnopqrstuvwxyz0123456789-_."
        guard let text = scalar, !text.isEmpty, text.count <= 253, text.first != "-" else {
            return unexpected("a host's name", example: example)
        }
        let isAddress = text.contains("::") || text.split(separator: ":").count > 2
        guard text.lowercased().allSatisfy({ letters.contains($0) || (isAddress && ":[]".contains($0)) }) else {
            return unexpected("a host's name, without a scheme or a port", example: example)
        }
        return text
    }
}
