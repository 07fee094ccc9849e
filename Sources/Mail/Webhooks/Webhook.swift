package import Curl
import Foundation

/// An incoming webhook of a chat.
///
/// Its address is a secret: whoever has it can write there. No outcome and no error holds more of it than the host.
package struct Webhook: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case slack = "Slack"
        case mattermost = "Mattermost"
        case teams = "Teams"
    }

    private let kind: Kind
    private let url: String
    private let pool: HTTPPool
    private let limits: TransferLimits

    package init(
        _ kind: Kind,
        url: String,
        pool: HTTPPool,
        limits: TransferLimits = TransferLimits(total: .seconds(30), slow: .seconds(30), maximumBytes: 1 << 20)
    ) {
        self.kind = kind
        self.url = url.trimmingCharacters(in: .whitespacesAndNewlines)
        self.pool = pool
        self.limits = limits
    }

    package func send(_ notice: Notice) async -> SendOutcome {
        guard let host = hostAndPort(of: url), url.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else {
            return .refused("the webhook's address for \(kind.rawValue) is no https URL")
        }
        guard url.lowercased().hasPrefix("https://") || isLoopback(host: host) else {
            return .refused("the webhook for \(kind.rawValue) is not https: its address would be readable on the way")
        }
        guard let body = try? body(notice) else { return .refused("the message cannot be written as JSON") }
        let request = HTTPRequest(
            method: "POST",
            url: url,
            headers: HTTPHeaders([("Content-Type", "application/json")]),
            body: body,
            limits: limits
        )
        do throws(TransferError) {
            return outcome(try await pool.send(request), host: host)
        } catch {
            let reason = "\(kind.rawValue): \(error)"
            return error.nothingWasSent ? .deferred(reason) : .uncertain(reason)
        }
    }

    func body(_ notice: Notice) throws -> [UInt8] {
        switch kind {
        case .slack: try webhookJSON(SlackMessage(notice))
        case .mattermost: try webhookJSON(MattermostMessage(notice))
        case .teams: try webhookJSON(TeamsMessage(notice))
        }
    }

    private func outcome(_ response: HTTPResponse, host: String) -> SendOutcome {
        let said = "\(kind.rawValue) (\(host)) answered \(response.status)" + words(response)
        return switch response.status {
        case 200..<300: .accepted(said)
        case 429: .deferred(said + wait(response))
        // Something before the service lost what the service said.
        case 502, 504: .uncertain(said)
        case 408, 500...: .deferred(said)
        default: .refused(said)
        }
    }

    private func wait(_ response: HTTPResponse) -> String {
        response.headers["retry-after"].flatMap { Int($0) }.map { ", and asks to wait \(max(0, $0)) s" } ?? ""
    }

    /// A page of HTML says nothing to people, and an answer might repeat the address.
    private func words(_ response: HTTPResponse) -> String {
        let text = String(decoding: response.body.prefix(2_000), as: UTF8.self)
        guard !text.isEmpty, !text.hasPrefix("<"), response.status >= 300 else { return "" }
        var shown = visible(text)
        for secret in url.split(separator: "/").dropFirst(2).flatMap({ $0.split(separator: "?") })
        where secret.count >= 6 { shown = shown.replacing(secret, with: "…") }
        return ": " + shown.prefix(200)
    }
}

/// The same value is always the same bytes.
func webhookJSON(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(value))
}
