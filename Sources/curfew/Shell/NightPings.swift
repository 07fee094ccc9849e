import Curl
import Foundation
import Operations
import Settings

/// Tells a dead man's switch that the night began and how it ended, by healthchecks' conventions.
///
/// It never fails and never holds up the night: what it could not say is said on standard error.
struct NightPings: Sendable {
    private let url: String?
    private let run = UUID()
    private let pool = HTTPPool(width: 1)
    private let shell: Shell

    init(_ reference: SecretReference?, shell: Shell, secrets: Secrets) async {
        self.shell = shell
        guard let reference else {
            url = nil
            return
        }
        do throws(Problem) { url = try await secrets.secret(reference) } catch {
            shell.say("curfew: nobody hears of this night: \(error.summary)")
            url = nil
        }
    }

    func began() async { await ping("/start", "") }
    /// `text`: kept with the ping, cut at 10 kB.
    func ended(status: Int32, _ text: String) async { await ping(status == 0 ? "" : "/fail", text) }

    private func ping(_ end: String, _ text: String) async {
        guard let url else { return }
        let parts = url.split(separator: "?", maxSplits: 1).map(String.init)
        let base = (parts.first ?? url).hasSuffix("/") ? String((parts.first ?? url).dropLast()) : parts.first ?? url
        let query = (parts.count == 2 ? "\(parts[1])&" : "") + "rid=\(run.uuidString.lowercased())"
        let request = HTTPRequest(
            method: "POST",
            url: "\(base)\(end)?\(query)",
            body: Array(text.utf8.prefix(10_000)),
            limits: TransferLimits(connect: .seconds(5), total: .seconds(10), slow: .seconds(10), maximumBytes: 65_536)
        )
        var why = ""
        for _ in 0..<2 {
            do throws(TransferError) {
                let answer = try await pool.send(request)
                if (200..<300).contains(answer.status) { return }
                why = "status \(answer.status)"
            } catch {
                // The path is a secret, so only the host is said.
                why = "\(error.host) \(error.kind.rawValue)"
            }
        }
        shell.say("curfew: the ping of this night was not taken: \(why); see `night: { ping: … }` in the settings")
    }
}
