/// Whether the host (without port, IPv6 with or without brackets) literally means this machine: 127.0.0.0/8, ::1 or
/// localhost.
///
/// No name is looked up.
package func isLoopback(host: String) -> Bool {
    let name = hostName(host).lowercased()
    if name == "localhost" || name == "::1" { return true }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0] == "127" else { return false }
    return parts.allSatisfy { part in
        part.utf8.allSatisfy { $0 >= 48 && $0 <= 57 } && (Int(part).map { $0 <= 255 } ?? false)
    }
}

/// `host:port` of an absolute http or https URL, without user and path; nil where there is none.
package func hostAndPort(of url: String) -> String? {
    let lower = url.lowercased()
    guard let scheme = ["http://", "https://"].first(where: { lower.hasPrefix($0) }) else { return nil }
    let authority = url.dropFirst(scheme.count).prefix { !"/?#\\".contains($0) }
    // A user or password does not belong into our URLs, and `http://127.0.0.1@elsewhere/` is not loopback.
    guard !authority.isEmpty, !authority.contains("@") else { return nil }
    return String(authority)
}

package func hostName(_ host: String) -> String {
    if host.hasPrefix("[") { return String(host.dropFirst().prefix { $0 != "]" }) }
    let parts = host.split(separator: ":", omittingEmptySubsequences: false)
    return parts.count == 2 ? String(parts[0]) : host
}
