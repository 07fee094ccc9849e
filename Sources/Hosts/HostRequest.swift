import Core
import Curl
import Foundation

/// One answer of a host's API: whole, and of the repository that was meant.
struct HostAnswer: Sendable {
    /// Where it came from in the end.
    let url: String
    let status: Int
    let headers: HTTPHeaders
    let body: [UInt8]
    /// The host sent us on: the repository has another name by now.
    let isMoved: Bool

    /// The address of the next page; nil on the last one.
    ///
    /// GitLab says `X-Next-Page` as well, which is all that a proxy may have left.
    func next() throws(HostFailure) -> String? {
        if let link = headers["Link"] {
            for part in link.split(separator: ",") {
                let pieces = part.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
                guard pieces.dropFirst().contains(where: { $0 == "rel=\"next\"" || $0 == "rel=next" }),
                    let address = pieces.first, address.hasPrefix("<"), address.hasSuffix(">")
                else { continue }
                let next = String(address.dropFirst().dropLast())
                guard origin(of: next) == origin(of: url) else {
                    throw HostFailure(
                        "the list of branches goes on at another host, \(origin(of: next) ?? "which cannot be read")",
                        advice: "correct `api` of the repository in the settings file"
                    )
                }
                return next
            }
            return nil
        }
        guard let page = headers["X-Next-Page"], !page.isEmpty else { return nil }
        guard let number = Int(page), var parts = URLComponents(string: url) else {
            throw HostFailure("the host names a next page that is no number", advice: "is that address a GitLab?")
        }
        var items = (parts.percentEncodedQueryItems ?? []).filter { $0.name != "page" }
        items.append(URLQueryItem(name: "page", value: String(number)))
        parts.percentEncodedQueryItems = items
        return parts.string
    }
}

/// Scheme, host and port: whoever gets a token is the one whose it is.
func origin(of url: String) -> String? {
    guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(),
        ["http", "https"].contains(scheme), let host = parts.host?.lowercased(), parts.user == nil
    else { return nil }
    return "\(scheme)://\(host):\(parts.port ?? (scheme == "https" ? 443 : 80))"
}

/// Asks one host about one repository.
struct HostClient: Sendable {
    let repository: Repository
    let token: String?
    let transport: HTTPPool
    let sleep: @Sendable (Duration) async -> Void
    let now: Date

    var name: String { repository.place.description }

    /// A whole 200 or 304, or 404 where the caller can make something of it; everything else is a failure.
    func get(
        _ address: String,
        ifNot etag: String? = nil,
        allowing404: Bool = false
    ) async throws(HostFailure) -> HostAnswer {
        var url = address
        var isMoved = false
        for _ in 0...Self.mostRedirects {
            let response = try await tried(url, ifNot: etag)
            switch response.status {
            case 200, 304:
                return HostAnswer(
                    url: url,
                    status: response.status,
                    headers: response.headers,
                    body: response.body,
                    isMoved: isMoved
                )
            case 404 where allowing404:
                return HostAnswer(url: url, status: 404, headers: response.headers, body: [], isMoved: isMoved)
            case 301, 302, 307, 308:
                url = try place(response.headers["Location"], from: url)
                isMoved = true
            default: throw failure(response)
            }
        }
        throw HostFailure("\(name): its host sends us round in a circle", advice: "correct the repository's address")
    }

    /// Never to another host: whoever is there would be given the token.
    private func place(_ location: String?, from url: String) throws(HostFailure) -> String {
        guard let location, let base = URL(string: url),
            let target = URL(string: location, relativeTo: base)?.absoluteURL.absoluteString
        else {
            throw HostFailure("\(name): its host sends us on, and not where to", advice: "is that address an API?")
        }
        guard origin(of: target) == origin(of: url) else {
            throw HostFailure(
                "\(name) was moved: its host sends us on to \(origin(of: target) ?? "what is no address")",
                advice: "no token goes to another host: correct the repository's address in the settings file"
            )
        }
        return target
    }

    /// Up to three times where trying again may help.
    private func tried(_ url: String, ifNot etag: String?) async throws(HostFailure) -> HTTPResponse {
        var attempt = 1
        while true {
            let again: HostFailure
            do throws(TransferError) {
                let response = try await transport.send(request(url, ifNot: etag))
                guard response.status >= 500 else { return response }
                again = failure(response)
            } catch {
                again = HostFailure(
                    "\(name) cannot be read: \(error)",
                    advice: "the next scan tries again",
                    isOutage: true
                )
                if error.kind == .tls || error.kind == .cancelled { throw again }
            }
            guard attempt < 3 else { throw again }
            await sleep(.seconds(attempt))
            attempt += 1
        }
    }

    private func request(_ url: String, ifNot etag: String?) -> HTTPRequest {
        var headers = HTTPHeaders()
        switch repository.kind {
        case .github:
            headers.add("Accept", "application/vnd.github+json")
            headers.add("X-GitHub-Api-Version", "2022-11-28")
            if let token { headers.add("Authorization", "Bearer \(token)") }
        case .gitlab, .git:
            headers.add("Accept", "application/json")
            if let token { headers.add("PRIVATE-TOKEN", token) }
        }
        if let etag { headers.add("If-None-Match", etag) }
        return HTTPRequest(url: url, headers: headers, limits: TransferLimits(total: .seconds(30)))
    }

    /// What a status means.
    ///
    /// Nothing here ever means that a branch is gone: a host answers 404 for whatever a token may not see.
    private func failure(_ response: HTTPResponse) -> HostFailure {
        if let until = limit(response) {
            return HostFailure(
                "\(name): its host takes no more requests until \(until.minuteText)",
                advice: token == nil
                    ? "give it a token: `token_from` of the repository in the settings file"
                    : "a scan after that reads it",
                until: until
            )
        }
        switch response.status {
        case 401:
            return HostFailure(
                "\(name): its host does not take the token (401)",
                advice: "renew what `token_from` leads to"
            )
        case 403:
            return HostFailure(
                "\(name): the token may not read it (403)",
                advice: "give it the right to read the contents"
            )
        case 404, 410:
            return HostFailure(
                "\(name): there is no such repository, or the token may not see it (\(response.status))",
                advice: token == nil
                    ? "correct its address, or give it `token_from`" : "correct its address or its token"
            )
        default:
            return HostFailure(
                "\(name): its host answered \(response.status)",
                advice: "the next scan tries again",
                isOutage: response.status >= 500
            )
        }
    }

    /// Until when the host wants to be left alone; nil where the answer is about something else.
    private func limit(_ response: HTTPResponse) -> Date? {
        guard [403, 429, 503].contains(response.status) else { return nil }
        if let after = response.headers["Retry-After"].flatMap(Int.init), after >= 0 {
            return now.addingTimeInterval(Double(min(after, 86_400)))
        }
        let left = response.headers["X-RateLimit-Remaining"] ?? response.headers["RateLimit-Remaining"]
        let reset = (response.headers["X-RateLimit-Reset"] ?? response.headers["RateLimit-Reset"]).flatMap(Double.init)
        if left == "0", let reset {
            // Never further away than a host would say: a wrong clock must not silence us for a year.
            return min(Date(timeIntervalSince1970: reset), now.addingTimeInterval(86_400))
        }
        let text = String(decoding: response.body.prefix(2_000), as: UTF8.self).lowercased()
        let isSecondary = text.contains("secondary rate limit") || text.contains("abuse detection")
        return response.status == 429 || isSecondary ? now.addingTimeInterval(60) : nil
    }

    func decode<Value: Decodable>(_ answer: HostAnswer, as: Value.Type = Value.self) throws(HostFailure) -> Value {
        do {
            // No name holds it, and no database takes it.
            guard String(decoding: answer.body, as: UTF8.self).firstRange(of: "\\u0000") == nil else {
                throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "a character that is none"))
            }
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            decoder.dateDecodingStrategy = .custom { decoder in
                let text = try decoder.singleValueContainer().decode(String.self)
                guard let date = hostDate(text) else {
                    throw DecodingError.dataCorrupted(
                        .init(codingPath: decoder.codingPath, debugDescription: "no date")
                    )
                }
                return date
            }
            return try decoder.decode(Value.self, from: Data(answer.body))
        } catch {
            throw HostFailure(
                "\(name): its host answered something else than \(repository.kind.rawValue)'s API does",
                advice: "correct `kind` or `api` of the repository in the settings file"
            )
        }
    }

    private static let mostRedirects = 5
}

/// `2026-11-23T07:47:40Z`, with a fraction or an offset as GitLab writes them.
func hostDate(_ text: String) -> Date? {
    if let date = try? Date(text, strategy: .iso8601) { return date }
    return try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
}
