/// Where a letter goes.
package enum Recipient: Sendable, Hashable, Codable, Comparable {
    /// A mail address, without a display name.
    case address(String)
    /// A channel of the settings file: a webhook or a command.
    case channel(ChannelName)

    /// One line, as the outbox keeps it: `mail:ada@example.com`, `channel:platform`.
    package var text: String {
        switch self {
        case .address(let address): "mail:\(address)"
        case .channel(let name): "channel:\(name)"
        }
    }

    /// Nil when it is not what `text` writes.
    package init?(text: String) {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2, !parts[1].isEmpty else { return nil }
        switch parts[0] {
        case "mail": self = .address(parts[1])
        case "channel": self = .channel(ChannelName(parts[1]))
        default: return nil
        }
    }

    package static func < (left: Recipient, right: Recipient) -> Bool { left.text < right.text }
}

/// A channel's name in the settings file.
package struct ChannelName: Identifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}
