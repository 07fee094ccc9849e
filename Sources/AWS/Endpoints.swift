import Curl
import Foundation

/// Where one service of one region is called, and how its requests are signed.
package struct Endpoint: Sendable, Equatable {
    package let scheme: String
    /// Host, with the port where it is not the scheme's own.
    package let authority: String
    /// Without a slash at the end; empty for most.
    package let pathPrefix: String
    package let signingRegion: String
    /// Comes from a setting instead of AWS's own names.
    package let isOverride: Bool

    /// The host is literally this machine: 127.0.0.0/8, ::1 or localhost.
    ///
    /// Such calls never go through a proxy.
    package var isLoopback: Bool { Curl.isLoopback(host: authority) }
}

/// Which endpoint each service has: AWS's own by partition and region, or those of the settings.
package struct Endpoints: Sendable {
    private let overrides: [AWSService: String]

    /// AWS's own endpoints only.
    package init() { overrides = [:] }

    /// One endpoint for every service, as emulators have.
    package init(all url: String) {
        overrides = Dictionary(uniqueKeysWithValues: AWSService.allCases.map { ($0, url) })
    }

    /// What the environment and the profile say, in AWS's order: `AWS_ENDPOINT_URL_<SERVICE>`, `AWS_ENDPOINT_URL`, the
    /// profile's `services` section, the profile's `endpoint_url`.
    ///
    /// `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true` turns all of them off.
    package init(_ environment: AWSEnvironment, profile: String? = nil) {
        let section = environment.profile(profile ?? environment.profileName)
        let ignored = environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] ?? section?["ignore_configured_endpoint_urls"]
        guard ignored?.lowercased() != "true" else {
            overrides = [:]
            return
        }
        let services = section?["services"].flatMap { environment.servicesSection($0) }
        var found: [AWSService: String] = [:]
        for service in AWSService.allCases {
            found[service] =
                environment["AWS_ENDPOINT_URL_" + service.settingName.uppercased()] ?? environment["AWS_ENDPOINT_URL"]
                ?? services?["\(service.settingName).endpoint_url"] ?? section?["endpoint_url"]
        }
        overrides = found
    }

    /// Every service has an override that literally is this machine: nothing can reach the real AWS.
    package var allLoopback: Bool {
        AWSService.allCases.allSatisfy { service in
            guard overrides[service] != nil else { return false }
            return (try? endpoint(for: service, region: "us-east-1").isLoopback) ?? false
        }
    }

    /// An override that is no http(s) URL is an error: it never falls back to the real AWS.
    package func endpoint(for service: AWSService, region: String) throws(AWSError) -> Endpoint {
        guard isRegion(region) else {
            throw AWSError(.misconfigured, message: "'\(region)' is no region code, such as eu-central-1")
        }
        let partition = Partition(region: region)
        let global = partition.global(service)
        let signingRegion = global?.region ?? region
        if let url = overrides[service] {
            return try override(url, service: service, signingRegion: signingRegion)
        }
        let host = global?.host ?? "\(service.hostPrefix).\(region).\(partition.suffix)"
        return Endpoint(
            scheme: "https",
            authority: host,
            pathPrefix: "",
            signingRegion: signingRegion,
            isOverride: false
        )
    }

    private func override(_ url: String, service: AWSService, signingRegion: String) throws(AWSError) -> Endpoint {
        guard let authority = hostAndPort(of: url), let end = url.range(of: authority)?.upperBound,
            !url[end...].contains(where: { "?#\\ ".contains($0) }), authority.allSatisfy({ isHostCharacter($0) })
        else {
            throw AWSError(
                .misconfigured,
                message: "the endpoint override for \(service.rawValue) is no URL such as http://127.0.0.1:4566"
            )
        }
        let scheme = url.lowercased().hasPrefix("https:") ? "https" : "http"
        var path = String(url[end...])
        while path.hasSuffix("/") { path.removeLast() }
        let standardPort = scheme == "https" ? ":443" : ":80"
        return Endpoint(
            scheme: scheme,
            authority: authority.hasSuffix(standardPort) ? String(authority.dropLast(standardPort.count)) : authority,
            pathPrefix: path,
            signingRegion: signingRegion,
            isOverride: true
        )
    }
}

/// A region becomes part of a host name: anything else in it could send signed requests elsewhere.
private func isRegion(_ text: String) -> Bool {
    !text.isEmpty && text.count <= 40 && text.first != "-"
        && text.utf8.allSatisfy { ($0 >= 97 && $0 <= 122) || ($0 >= 48 && $0 <= 57) || $0 == 45 }
}

private func isHostCharacter(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber || "-._:[]".contains(character))
}
