/** Starts the interactive API page with the description this server gives of itself. */

declare const SwaggerUIBundle: ((options: Record<string, unknown>) => void) & { presets: { apis: unknown } };

const place = document.getElementById("api");

if (place) {
  SwaggerUIBundle({
    domNode: place,
    url: place.dataset.description,
    presets: [SwaggerUIBundle.presets.apis],
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    persistAuthorization: false,
    validatorUrl: null,
  });
}
